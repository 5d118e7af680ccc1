/** The parts of an upstream's error that tell an empty account from a busy one. */
export interface QuotaEvidence {
  readonly message: string | undefined;
  readonly type: string | undefined;
  readonly code: string | undefined;
}

/** Codes and types, in lower case, that providers use for nothing but an empty or blocked account. */
const EXHAUSTED_WORDS: ReadonlySet<string> = new Set([
  'insufficient_quota',
  'insufficient_user_quota', // new-api, one-api
  'insufficient_balance',
  'insufficient_credits',
  'billing_hard_limit_reached',
  'billing_not_active',
  'billing_error', // Anthropic
  'exceeded_current_quota_error', // Moonshot
  'arrearage', // Alibaba
  'accountoverdueerror', // Volcengine
]);

/** Words about money: they never speak of a limit that heals by itself within minutes. */
const MONEY_PATTERNS: readonly RegExp[] = [
  /\binsufficient[ _-](?:\w+[ _-]){0,2}(?:balance|credits?|funds?)\b/,
  /\b(?:balance|credits?|funds)\b[^.]{0,40}\b(?:insufficient|exhausted|depleted|too low|not enough|used up|negative)\b/,
  /\b(?:(?:run|ran) out of|out of|not enough|used(?: up)? all\b[^.]{0,30}|no (?:more |remaining )?)\s*(?:credits?|balance|funds)\b/,
  /\b(?:reached|exceeded|hit)\b[^.]{0,40}\b(?:hard limit|credit limit|spend(?:ing)? limit|monthly spend|monthly included credits|specified api usage limits)\b/,
  /\b(?:hard|credit|spend(?:ing)?|budget) limit\b[^.]{0,30}\b(?:reached|exceeded)\b/,
  /余额不足|欠费|额度(?:不足|已用完|已用尽|已耗尽)|配额(?:不足|已用完|已用尽|已耗尽)/,
];

/** "Quota" may mean the minute's share as well as the month's. */
const QUOTA_PATTERNS: readonly RegExp[] = [
  /\bexceeded your (?:current|monthly) quota\b/,
  /\binsufficient[ _-](?:\w+[ _-]){0,2}quota\b/,
  /\bquota\b[^.]{0,30}\b(?:exhausted|used up|depleted|not enough|insufficient)\b/,
];

/** Signs of a limit that heals by itself. Gemini words every rate limit like OpenAI's empty account. */
const RATE_LIMIT_HINT =
  /per[ _-]?(?:second|minute|hour|day)|rate[ _-]?limit|\b[rt]p[smd]\b|(?:retry|try again) (?:in|after)|googleapis\.com|ai\.google\.dev|quota exceeded for (?:metric|quota)/;

/**
 * True for quota or billing exhaustion that does not heal with the next minute. Rate limits are never taken for it,
 * Gemini's RESOURCE_EXHAUSTED included (unless it says that prepaid credits are gone).
 */
export function isQuotaExhausted(error: QuotaEvidence | undefined): boolean {
  if (error === undefined) return false;
  const words = [error.code?.toLowerCase(), error.type?.toLowerCase()];
  if (words.some((word) => word !== undefined && EXHAUSTED_WORDS.has(word))) return true;

  const message = error.message?.toLowerCase() ?? '';
  if (matchesAny(MONEY_PATTERNS, message)) return true;
  const mayHeal = words.includes('resource_exhausted') || RATE_LIMIT_HINT.test(message);
  return !mayHeal && matchesAny(QUOTA_PATTERNS, message);
}

function matchesAny(patterns: readonly RegExp[], text: string): boolean {
  return patterns.some((pattern) => pattern.test(text));
}
