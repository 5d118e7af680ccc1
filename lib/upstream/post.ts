import type { Pool } from 'undici';
import { onOwnConnection, type Failed, type OwnConnectionOptions } from './own-connection';

export interface Posting {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** `retryAfter` as the header has it; `text` is the beginning of the answer, and may quote what was sent. */
export interface Posted {
  readonly ok: true;
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly text: string;
}

/** Of an answer that nobody needs more is not read. */
const ANSWER_BYTES_MAX = 4_096;

/**
 * Posts a message, on a connection of its own. Redirects are not followed: they come back as their status. Never
 * rejects; `why` holds no secret of the addresses.
 */
export function post(posting: Posting, options: OwnConnectionOptions): Promise<Posted | Failed> {
  return onOwnConnection(posting.url, options, (pool, deadline) => posted(pool, posting, deadline));
}

async function posted(pool: Pool, { url, headers, body }: Posting, signal: AbortSignal): Promise<Posted> {
  const { pathname, search } = new URL(url);
  const answer = await pool.request({
    method: 'POST',
    path: pathname + search,
    headers: { ...headers, 'user-agent': 'openai-balance' },
    body,
    signal,
  });
  // Whoever stops reading hears of the end that this makes.
  answer.body.on('error', () => undefined);
  const retryAfter = answer.headers['retry-after'];
  return {
    ok: true,
    status: answer.statusCode,
    retryAfter: typeof retryAfter === 'string' ? retryAfter : undefined,
    text: await beginningOf(answer.body),
  };
}

/** What has been said is said with the status: an answer that breaks off or never ends is cut there. */
async function beginningOf(body: AsyncIterable<Buffer> & { destroy(): unknown }): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= ANSWER_BYTES_MAX) break;
    }
  } catch {
    // The status counts.
  }
  body.destroy();
  return Buffer.concat(chunks).subarray(0, ANSWER_BYTES_MAX).toString('utf8');
}
