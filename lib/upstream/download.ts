import type { Pool } from 'undici';
import { onOwnConnection, type Failed, type OwnConnectionOptions } from './own-connection';

export interface DownloadOptions extends OwnConnectionOptions {
  readonly bytesMax: number;
}

export type Downloaded = { readonly ok: true; readonly bytes: Buffer } | Failed;

/** Fetches a file, on a connection of its own. Redirects are not followed. Never rejects; `why` holds no secret. */
export function download(url: string, options: DownloadOptions): Promise<Downloaded> {
  return onOwnConnection(url, options, (pool, deadline) => fetched(pool, url, options.bytesMax, deadline));
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
