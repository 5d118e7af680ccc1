import type { Outcome } from '../balancer/verdict';
import { egressFailureAt } from './egress-error';
import { ownTroubleOf, SHORTAGES } from './own-trouble';

/** `ECONNREFUSED: connect ECONNREFUSED 127.0.0.1:1`, with its code whichever copy of the module made it. */
export function describeError(error: unknown): string {
  if (!(error instanceof Object)) return String(error);
  const { code, message } = error as { code?: unknown; message?: unknown };
  const text = typeof message === 'string' ? message : 'unknown error';
  return typeof code === 'string' && egressFailureAt(error) === undefined && !text.includes(code)
    ? `${code}: ${text}`
    : text;
}

function codeOf(error: unknown): string {
  const code = error instanceof Object ? (error as { code?: unknown }).code : undefined;
  return typeof code === 'string' ? code : '';
}

/** What an error before the first content of an answer means. `isSent`: the request had reached a connection. */
export function outcomeOfError(error: unknown, isSent: boolean): Outcome {
  if (!isSent) {
    const shortage = ownTroubleOf(error);
    if (shortage !== undefined) {
      return { kind: 'own_trouble', shortOf: SHORTAGES[shortage], message: describeError(error) };
    }
    return { kind: 'dial_failed', at: egressFailureAt(error) ?? 'upstream', message: describeError(error) };
  }
  if (codeOf(error) === 'UND_ERR_HEADERS_TIMEOUT') return { kind: 'timeout', phase: 'headers' };
  if (isStall(error)) return { kind: 'timeout', phase: 'first_event' };
  return { kind: 'lost', message: describeError(error) };
}

/** What an error within an answer means. */
export function isStall(error: unknown): boolean {
  return codeOf(error) === 'UND_ERR_BODY_TIMEOUT';
}
