import { Pool } from 'undici';
import { timeLimit } from '../timing/time-limit';
import { describeError } from './dial/failure';
import { egressConnector } from './egress/egress-connector';
import { Redactor } from './redaction/redactor';
import { secretsOf } from './redaction/secrets';

export interface OwnConnectionOptions {
  /** With user and password; directly without it. */
  readonly egressUrl?: string | undefined;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface Failed {
  readonly ok: false;
  /** Holds no secret of the addresses. */
  readonly why: string;
}

/** Does one piece of work on a connection that is closed after it, within the time. Never rejects. */
export async function onOwnConnection<T>(
  url: string,
  { egressUrl, timeoutMs, signal }: OwnConnectionOptions,
  work: (pool: Pool, deadline: AbortSignal) => Promise<T>,
): Promise<T | Failed> {
  const connector = egressUrl === undefined ? undefined : egressConnector(egressUrl, timeoutMs);
  const connect = connector?.connect ?? { timeout: timeoutMs };
  const pool = new Pool(new URL(url).origin, { connect, connections: 1 });
  const limit = timeLimit(timeoutMs, signal);
  const deadline = limit.signal;
  // The signal of a request is heeded only once that has its connection.
  const giveUp = (): void => void pool.destroy();
  deadline.addEventListener('abort', giveUp, { once: true });
  try {
    return await work(pool, deadline);
  } catch (error) {
    if (deadline.aborted) return { ok: false, why: signal.aborted ? 'cancelled' : 'no answer in time' };
    return { ok: false, why: redactor(url, egressUrl).text(describeError(error)) };
  } finally {
    limit.clear();
    deadline.removeEventListener('abort', giveUp);
    await pool.destroy();
    await connector?.close();
  }
}

function redactor(url: string, egressUrl: string | undefined): Redactor {
  return new Redactor(
    secretsOf({ key: { secret: '', hint: '' }, baseUrl: url, customHeaders: {}, egressUrl }),
  );
}
