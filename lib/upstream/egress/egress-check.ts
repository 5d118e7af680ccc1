import { Pool } from 'undici';
import { egressConnector } from './egress-connector';
import { egressFailureAt } from './egress-error';
import { describeError, isReset } from '../dial/failure';
import { ownTroubleOf } from '../dial/own-trouble';
import { Redactor } from '../redaction/redactor';
import { secretsOf } from '../redaction/secrets';
import { timeLimit } from '../../timing/time-limit';
import { takesConnections } from './takes-connections';

/** How a test of an egress proxy went. `error` is undefined if it passed. */
export interface EgressCheckResult {
  /** Until the head of the answer came; undefined if none did. */
  readonly latencyMs: number | undefined;
  readonly status: number | undefined;
  readonly error: string | undefined;
  /**
   * Of a failure: whose fault it is, as far as one test can tell. Silence may be that of the proxy or of what lies
   * behind it.
   */
  readonly at?: 'egress' | 'upstream' | 'either';
  /** Nothing accepts connections at the proxy's own address. */
  readonly isUnreachable?: true;
  /** It failed because this machine lacks a resource, which says nothing about the proxy. */
  readonly isOwnTrouble?: true;
}

/** Codes of a connection to the proxy itself. */
const NOBODY_THERE = /\b(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ENOTFOUND)\b/;
/** How a banned address and a refused password look, wherever they come from. */
const REFUSALS: ReadonlySet<number> = new Set([403, 407]);
/** To see whether the proxy takes connections at all. */
const ACCEPT_MS = 2_000;
const NO_ANSWER = 'no answer in time';

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
  const connector = egressConnector(address, timeoutMs);
  try {
    return await fetchHead(connector.connect, url, timeoutMs, signal);
  } catch (error) {
    return signal.aborted ? failed('cancelled', 'either') : await failureOf(error, address, url, timeoutMs);
  } finally {
    await connector.close();
  }
}

/** Whether the same would pass without a proxy. Never rejects. */
export async function passesDirectly(url: string, timeoutMs: number, signal: AbortSignal): Promise<boolean> {
  try {
    return (await fetchHead({ timeout: timeoutMs }, url, timeoutMs, signal)).error === undefined;
  } catch {
    return false;
  }
}

async function fetchHead(
  connect: Pool.Options['connect'],
  url: string,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<EgressCheckResult> {
  const pool = new Pool(new URL(url).origin, { connect, connections: 1 });
  // The signal of a request is heeded only once that has its connection.
  const giveUp = (): void => void pool.destroy();
  signal.addEventListener('abort', giveUp, { once: true });
  const limit = timeLimit(timeoutMs, signal);
  try {
    return await headFrom(pool, url, timeoutMs, limit.signal);
  } finally {
    limit.clear();
    signal.removeEventListener('abort', giveUp);
    await pool.destroy();
  }
}

async function headFrom(
  pool: Pool,
  url: string,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<EgressCheckResult> {
  const { pathname, search } = new URL(url);
  const startMs = performance.now();
  const { statusCode, body } = await pool.request({
    method: 'GET',
    path: pathname + search,
    headers: { accept: '*/*', 'user-agent': 'openai-balance' },
    signal,
    headersTimeout: timeoutMs,
  });
  const latencyMs = Math.round(performance.now() - startMs);
  body.on('error', () => undefined).destroy();
  if (!REFUSALS.has(statusCode) && statusCode < 500)
    return { latencyMs, status: statusCode, error: undefined };
  const told = `the test address answered with status ${statusCode}`;
  return { latencyMs, status: statusCode, error: told, at: 'upstream' };
}

function failed(error: string, at: NonNullable<EgressCheckResult['at']>): EgressCheckResult {
  return { latencyMs: undefined, status: undefined, error, at };
}

async function failureOf(
  error: unknown,
  address: string,
  url: string,
  timeoutMs: number,
): Promise<EgressCheckResult> {
  const reason = isTimeout(error) ? NO_ANSWER : redactor(address, url).text(describeError(error));
  if (isTimeout(error) || isSpeechless(error)) {
    // Asked for a far end that is not there a proxy may be silent too, or hang up. But it takes connections.
    const isThere = await takesConnections(address, Math.min(timeoutMs, ACCEPT_MS));
    return isThere ? failed(reason, 'either') : { ...failed(reason, 'egress'), isUnreachable: true };
  }
  const at = egressFailureAt(error) ?? 'upstream';
  const isAbsent = at === 'egress' && NOBODY_THERE.test(reason);
  const result = { ...failed(reason, at), ...(isAbsent && { isUnreachable: true as const }) };
  return ownTroubleOf(error) === undefined ? result : { ...result, isOwnTrouble: true };
}

function redactor(address: string, url: string): Redactor {
  return new Redactor(
    secretsOf({ key: { secret: '', hint: '' }, baseUrl: url, customHeaders: {}, egressUrl: address }),
  );
}

const TIMEOUT_CODES: ReadonlySet<unknown> = new Set([
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'ETIMEDOUT',
]);

/** The proxy closed the connection without a word. */
function isSpeechless(error: unknown): boolean {
  if (egressFailureAt(error) !== 'egress') return false;
  const { cause } = error as { cause?: unknown };
  return isReset(cause) || /socket closed/i.test(describeError(cause));
}

/** On whichever side of the proxy the time has passed. */
function isTimeout(error: unknown): boolean {
  if (!(error instanceof Object)) return false;
  const { name, code, cause } = error as { name?: unknown; code?: unknown; cause?: unknown };
  return name === 'TimeoutError' || TIMEOUT_CODES.has(code) || isTimeout(cause);
}
