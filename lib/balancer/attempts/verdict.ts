import type { Facts } from '../facts';
import type { SeenLimit } from '../limits/seen-limits';

/** How an attempt ended, before anybody judges it. */
export type Outcome =
  /** The upstream answered. `status` is what the answer stands for: an error within a 200 has its own. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly facts: Facts;
      /** What it says of the key's limits, whatever else it says. */
      readonly limits?: readonly SeenLimit[] | undefined;
      /** The organisation or project that it says the key belongs to. */
      readonly account?: string | undefined;
      /** The upstream's own id of it. */
      readonly upstreamId?: string | undefined;
    }
  | { readonly kind: 'empty_stream' }
  /** No connection, so the upstream certainly did nothing. */
  | { readonly kind: 'dial_failed'; readonly at: 'upstream' | 'egress'; readonly message: string }
  /**
   * The process itself lacks something that it takes to dial; the upstream did nothing. `shortOf`: "file descriptors".
   */
  | { readonly kind: 'own_trouble'; readonly shortOf: string; readonly message: string }
  /** The connection was lost after the request went out and before the first content of an answer. */
  | { readonly kind: 'lost'; readonly message: string }
  /**
   * It was reset while a large request was still on its way. An upstream that refuses one before it has read it all
   * resets like this, and its answer is lost with it: so it may be the request.
   */
  | { readonly kind: 'lost_in_sending'; readonly message: string }
  | { readonly kind: 'timeout'; readonly phase: 'headers' | 'first_event' | 'first_token' }
  | { readonly kind: 'cut'; readonly message: string }
  | { readonly kind: 'stalled' }
  | { readonly kind: 'client_closed' };

export type Blame = 'nobody' | 'client' | 'key' | 'upstream' | 'egress' | 'platform';

/** `denied` and `contrast` cost the key something only if another key answers the same request. */
export type KeyEffect = 'success' | 'failure' | 'rest' | 'quota' | 'denied' | 'contrast' | 'none';

/**
 * `other_key`: one more key is asked, once. `next_provider`: no other key of this provider is asked. `other_egress`:
 * the same key goes through another proxy, if there is one.
 */
export type Next =
  'commit' | 'pass_through' | 'next_key' | 'other_key' | 'other_egress' | 'next_provider' | 'stop';

/** Whose breaker counts the attempt, and as what. */
export type BreakerEffect = 'success' | 'failure' | 'model_failure' | 'none';

export interface Verdict {
  readonly name: VerdictName;
  readonly blame: Blame;
  /** What the key suffers. */
  readonly key: KeyEffect;
  readonly breaker: BreakerEffect;
  readonly next: Next;
  /** Wait a little, longer each time, before the next key. */
  readonly hasBackoff: boolean;
  /** The upstream certainly did nothing, so even a request that creates something lasting may be repeated. */
  readonly isRepeatSafe: boolean;
  /** The attempt uses up one of the request's retries. */
  readonly isCounted: boolean;
  /** If every key gives this answer, the request is at fault, and no other provider is asked. */
  readonly isLastWord: boolean;
}

type Row = Omit<Verdict, 'name'>;

const row = (
  blame: Blame,
  key: KeyEffect,
  breaker: BreakerEffect,
  next: Next,
  flags: Partial<Omit<Row, 'blame' | 'key' | 'breaker' | 'next'>> = {},
): Row => ({
  blame,
  key,
  breaker,
  next,
  hasBackoff: false,
  isRepeatSafe: false,
  isCounted: true,
  isLastWord: false,
  ...flags,
});

/** The whole judgement, a row for each thing that can come back. */
const TABLE = {
  success: row('nobody', 'success', 'success', 'commit'),
  client_error: row('client', 'none', 'none', 'pass_through'),
  // The object may be another key's.
  object_not_found: row('client', 'none', 'none', 'next_key', { isRepeatSafe: true, isLastWord: true }),
  request_refused: row('client', 'none', 'none', 'other_key', { isRepeatSafe: true, isLastWord: true }),
  egress_blocked: row('nobody', 'none', 'none', 'other_egress', { isRepeatSafe: true }),
  key_rejected: row('key', 'failure', 'none', 'next_key', { isRepeatSafe: true, isCounted: false }),
  model_denied: row('nobody', 'denied', 'none', 'next_key', {
    isRepeatSafe: true,
    isCounted: false,
    isLastWord: true,
  }),
  quota_exhausted: row('key', 'quota', 'none', 'next_key', { isRepeatSafe: true, isCounted: false }),
  rate_limited: row('key', 'rest', 'none', 'next_key', { isRepeatSafe: true }),
  rejected: row('nobody', 'contrast', 'none', 'next_key', { isRepeatSafe: true }),
  upstream_error: row('upstream', 'none', 'failure', 'next_key', { hasBackoff: true }),
  model_unavailable: row('upstream', 'none', 'model_failure', 'next_key', { hasBackoff: true }),
  upstream_unreachable: row('upstream', 'none', 'failure', 'next_key', { isRepeatSafe: true }),
  egress_unreachable: row('egress', 'none', 'failure', 'next_key', { isRepeatSafe: true }),
  connection_lost: row('upstream', 'none', 'failure', 'next_key'),
  // Otherwise a client with one bad request could open the breaker for all.
  lost_in_sending: row('nobody', 'none', 'none', 'other_key'),
  timed_out: row('upstream', 'none', 'failure', 'next_key'),
  empty_stream: row('upstream', 'none', 'failure', 'next_key', { hasBackoff: true }),
  cut: row('upstream', 'none', 'failure', 'stop'),
  stalled: row('upstream', 'none', 'failure', 'stop'),
  client_closed: row('client', 'none', 'none', 'stop'),
  // Two keys were asked, and the other one was faster.
  outrun: row('nobody', 'none', 'none', 'stop'),
  // More dials would make it worse; another provider may be reached by a connection that is open already.
  own_trouble: row('platform', 'none', 'none', 'next_provider', { isRepeatSafe: true }),
  shutting_down: row('platform', 'none', 'none', 'stop'),
} as const satisfies Record<string, Row>;

export type VerdictName = keyof typeof TABLE;

export const VERDICTS = Object.fromEntries(
  Object.entries(TABLE).map(([name, verdict]) => [name, { name, ...verdict }]),
) as unknown as Readonly<Record<VerdictName, Verdict>>;

/** Judges an outcome. Total: every outcome has exactly one verdict. */
export function judge(outcome: Outcome): Verdict {
  switch (outcome.kind) {
    case 'answer':
      return judgeFacts(outcome.facts, outcome.status);
    case 'empty_stream':
      return VERDICTS.empty_stream;
    case 'dial_failed':
      return outcome.at === 'egress' ? VERDICTS.egress_unreachable : VERDICTS.upstream_unreachable;
    case 'own_trouble':
      return VERDICTS.own_trouble;
    case 'lost':
      return VERDICTS.connection_lost;
    case 'lost_in_sending':
      return VERDICTS.lost_in_sending;
    case 'timeout':
      return VERDICTS.timed_out;
    case 'cut':
      return VERDICTS.cut;
    case 'stalled':
      return VERDICTS.stalled;
    case 'client_closed':
      return VERDICTS.client_closed;
  }
}

/** Its first content did not come in its own time. */
export function isTooSlow(outcome: Outcome): boolean {
  return outcome.kind === 'timeout' && outcome.phase === 'first_token';
}

/** With these a provider speaks of the request as a rule, and seldom of a key. */
const MISTAKES: ReadonlySet<number> = new Set([400, 404, 405, 409, 410, 413, 415, 422, 424]);

/** The same verdict, held against the key only if another key answers the same request. */
export function inContrast(verdict: Verdict): Verdict {
  return verdict.key === 'failure' || verdict.key === 'quota' ? { ...verdict, key: 'contrast' } : verdict;
}

/** The same verdict, after which no other key of this target is asked. */
export function leavingTarget(verdict: Verdict): Verdict {
  return { ...verdict, next: 'next_provider' };
}

function judgeFacts(facts: Facts, status: number): Verdict {
  const verdict = VERDICTS[nameOf(facts)];
  if (MISTAKES.has(status) && verdict.blame === 'key') return inContrast(verdict);
  // Told as the provider's own failure it may have come after the work, and another provider may do better.
  if (status >= 500 && (verdict.isRepeatSafe || verdict.isLastWord)) {
    return { ...verdict, isRepeatSafe: false, isLastWord: false };
  }
  // A bill may come after the work too.
  return status === 402 && verdict.isRepeatSafe ? { ...verdict, isRepeatSafe: false } : verdict;
}

function nameOf({ subject, mayDiffer, isModelOnly }: Facts): VerdictName {
  switch (subject) {
    case 'answer':
      return 'success';
    case 'request':
      return mayDiffer === true ? 'request_refused' : 'client_error';
    case 'egress':
      return 'egress_blocked';
    case 'key':
      return 'key_rejected';
    case 'key_model':
      return 'model_denied';
    case 'money':
      return 'quota_exhausted';
    case 'rate':
      return 'rate_limited';
    case 'provider':
      return isModelOnly === true ? 'model_unavailable' : 'upstream_error';
    case 'ambiguous':
      return 'rejected';
  }
}
