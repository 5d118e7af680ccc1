import { Pool } from 'undici';
import { egressConnector } from './egress-connector';
import { egressFailureAt } from './egress-error';
import { describeError } from './failure';
import { ownTroubleOf } from './own-trouble';
import { Redactor } from './redaction/redactor';
import { secretsOf } from './redaction/secrets';

/** How a test of an egress proxy went. `error` is undefined if it passed. */
export interface EgressCheckResult {
  /** Until the head of the answer came; undefined if none did. */
  readonly latencyMs: number | undefined;
  readonly status: number | undefined;
  readonly error: string | undefined;
  /** Of a failure: whether the proxy itself is not there, or what lies behind it. Default: behind it. */
  readonly at?: 'egress' | 'upstream';
  /** Nobody takes connections at the proxy's own address. */
  readonly isUnreachable?: true;
  /** It failed for want of something on this side, and tells nothing of the proxy. */
  readonly isOwnTrouble?: true;
}

/** Codes of a connection to the proxy itself. */
const NOBODY_THERE = /\b(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ENOTFOUND)\b/;
/** How a banned address and a refused password look, wherever they come from. */
const REFUSALS: ReadonlySet<number> = new Set([403, 407]);

/**
 * Fetches `url` through the proxy at `address`, on a connection of its own. Any answer but 403, 407 and 5xx passes: a
 * page that wants a login shows the way as well. Never rejects.
 */
export async function checkEgress(
  address: string,
  url: string,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<EgressCheckResult> {
  const { origin, pathname, search } = new URL(url);
  const connector = egressConnector(address, timeoutMs);
  const pool = new Pool(origin, { connect: connector.connect, connections: 1 });
  const startMs = performance.now();
  try {
    const { statusCode, body } = await pool.request({
      method: 'GET',
      path: pathname + search,
      headers: { accept: '*/*', 'user-agent': 'openai-balance' },
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      headersTimeout: timeoutMs,
    });
    const latencyMs = Math.round(performance.now() - startMs);
    body.on('error', () => undefined).destroy();
    const isRefused = REFUSALS.has(statusCode) || statusCode >= 500;
    return {
      latencyMs,
      status: statusCode,
      error: isRefused ? `the test address answered with status ${statusCode}` : undefined,
    };
  } catch (error) {
    const reason = signal.aborted
      ? 'cancelled'
      : isTimeout(error)
        ? 'no answer in time'
        : redactor(address, url).text(describeError(error));
    const at = egressFailureAt(error) ?? (isTimeout(error) ? 'egress' : 'upstream');
    const isAbsent = at === 'egress' && NOBODY_THERE.test(reason);
    const failed = {
      latencyMs: undefined,
      status: undefined,
      error: reason,
      at,
      ...(isAbsent && { isUnreachable: true as const }),
    };
    return ownTroubleOf(error) === undefined ? failed : { ...failed, isOwnTrouble: true };
  } finally {
    await pool.destroy();
    await connector.close();
  }
}

function redactor(address: string, url: string): Redactor {
  return new Redactor(
    secretsOf({ key: { secret: '', hint: '' }, baseUrl: url, customHeaders: {}, egressUrl: address }),
  );
}

function isTimeout(error: unknown): boolean {
  const { name, code } = (error instanceof Object ? error : {}) as { name?: unknown; code?: unknown };
  return name === 'TimeoutError' || code === 'UND_ERR_HEADERS_TIMEOUT';
}
