import type { z } from 'zod';
import { redactUrl } from './redact-url';
import { hidden, quote } from './value-type';

/** May hold a user and a password, in whichever setting it was put by mistake. */
const LIKE_AN_ADDRESS = /:\/\/|@/;

/**
 * One line for people, such as `MAX_FAILURES: must be a whole number from 1 to 1000, got "x"`. The refused value is
 * what the issue says is safe to show, else the raw text (of an address its host only), or "(hidden)" for a secret.
 */
export function formatIssues(
  name: string,
  issues: readonly z.core.$ZodIssue[],
  { raw, isSecret }: { readonly raw: string; readonly isSecret: boolean },
): string {
  const [first] = issues;
  if (first === undefined) return `${name}: is not allowed`;
  const given: unknown = first.code === 'custom' ? first.params?.['shown'] : undefined;
  const shown = typeof given === 'string' ? given : isSecret ? hidden : shownRaw(raw);
  const got = shown === '' ? '' : `, got ${shown}`;
  const others = issues.length > 1 ? ` (and ${issues.length - 1} more)` : '';
  return `${name}${formatPath(first.path)}: ${first.message}${got}${others}`;
}

function shownRaw(raw: string): string {
  return LIKE_AN_ADDRESS.test(raw) ? redactUrl(raw) : quote(raw);
}

function formatPath(path: readonly PropertyKey[]): string {
  return path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
}
