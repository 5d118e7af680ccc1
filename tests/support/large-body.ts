import { createHash } from 'node:crypto';
import { request, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import { once } from 'node:events';

const PIECE = Buffer.alloc(64 * 1024);
for (let i = 0; i < PIECE.length; i += 1) PIECE[i] = (i * 31 + (i >> 8)) & 0xff;

/** So many bytes, which are no text and never in memory together. */
export function* filling(bytes: number): Generator<Buffer> {
  for (let left = bytes; left > 0; left -= PIECE.length)
    yield PIECE.subarray(0, Math.min(left, PIECE.length));
}

/** A multipart form with one file of so many bytes. `before`, `after`: fields around it. */
export function* form(
  fileBytes: number,
  { before = {}, after = {} }: { before?: Record<string, string>; after?: Record<string, string> } = {},
): Generator<Buffer> {
  for (const [name, value] of Object.entries(before)) yield field(name, value);
  yield Buffer.from(
    `--${BOUNDARY}\r\ncontent-disposition: form-data; name="file"; filename="a.bin"\r\n` +
      'content-type: application/octet-stream\r\n\r\n',
  );
  yield* filling(fileBytes);
  yield Buffer.from('\r\n');
  for (const [name, value] of Object.entries(after)) yield field(name, value);
  yield Buffer.from(`--${BOUNDARY}--\r\n`);
}

const BOUNDARY = 'X-BOUNDARY-0123456789';
export const FORM_TYPE = `multipart/form-data; boundary=${BOUNDARY}`;

function field(name: string, value: string): Buffer {
  return Buffer.from(`--${BOUNDARY}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`);
}

export interface Sent {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Of what was sent. */
  readonly sha256: string;
  readonly bytes: number;
}

/** Sends it with back-pressure. An answer that comes before all is sent ends the sending. */
export async function sendLarge(
  url: string,
  headers: OutgoingHttpHeaders,
  body: Iterable<Buffer>,
  method = 'POST',
): Promise<Sent> {
  const hash = createHash('sha256');
  let bytes = 0;
  const client = request(url, { method, headers, agent: false });
  let failure: Error | undefined;
  const answered = new Promise<{ status: number; headers: IncomingHttpHeaders; text: string }>(
    (resolve, reject) => {
      client.on('error', (error) => {
        failure = error;
        reject(error);
      });
      client.on('response', (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => (text += part));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
        );
        response.on('error', reject);
      });
    },
  );
  answered.catch(() => undefined);
  let isAnswered = false;
  client.once('response', () => (isAnswered = true));
  for (const piece of body) {
    if (isAnswered || failure !== undefined) break;
    hash.update(piece);
    bytes += piece.length;
    if (!client.write(piece)) await Promise.race([once(client, 'drain'), answered]).catch(() => undefined);
  }
  client.end();
  const answer = await answered;
  return { ...answer, sha256: hash.digest('hex'), bytes };
}
