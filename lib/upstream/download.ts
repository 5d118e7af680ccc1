import { Pool } from 'undici';
import { timeLimit } from '../timing/time-limit';
import { describeError } from './dial/failure';
import { egressConnector } from './egress/egress-connector';
import { Redactor } from './redaction/redactor';
import { secretsOf } from './redaction/secrets';

export interface DownloadOptions {
  /** With user and password; directly without it. */
  readonly egressUrl?: string | undefined;
  readonly timeoutMs: number;
  readonly bytesMax: number;
  readonly signal: AbortSignal;
}

export type Downloaded =
  { readonly ok: true; readonly bytes: Buffer } | { readonly ok: false; readonly why: string };

/** Fetches a file, on a connection of its own. Redirects are not followed. Never rejects; `why` holds no secret. */
export async function download(url: string, options: DownloadOptions): Promise<Downloaded> {
  const { egressUrl, timeoutMs, signal } = options;
  const connector = egressUrl === undefined ? undefined : egressConnector(egressUrl, timeoutMs);
  const connect = connector?.connect ?? { timeout: timeoutMs };
  const pool = new Pool(new URL(url).origin, { connect, connections: 1 });
  const limit = timeLimit(timeoutMs, signal);
  const deadline = limit.signal;
  // The signal of a request is heeded only once that has its connection.
  const giveUp = (): void => void pool.destroy();
  deadline.addEventListener('abort', giveUp, { once: true });
  try {
    return await fetched(pool, url, options.bytesMax, deadline);
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

async function fetched(pool: Pool, url: string, bytesMax: number, signal: AbortSignal): Promise<Downloaded> {
  const { pathname, search } = new URL(url);
  const { statusCode, body } = await pool.request({
    method: 'GET',
    path: pathname + search,
    headers: { accept: 'application/json', 'user-agent': 'openai-balance' },
    signal,
  });
  // Whoever stops reading hears of the end that this makes.
  body.on('error', () => undefined);
  if (statusCode !== 200) {
    body.destroy();
    return { ok: false, why: `answered with status ${statusCode}` };
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > bytesMax) return { ok: false, why: `it is larger than ${bytesMax} bytes` };
    chunks.push(chunk);
  }
  return { ok: true, bytes: Buffer.concat(chunks) };
}

function redactor(url: string, egressUrl: string | undefined): Redactor {
  return new Redactor(
    secretsOf({ key: { secret: '', hint: '' }, baseUrl: url, customHeaders: {}, egressUrl }),
  );
}
