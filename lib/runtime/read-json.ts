import { AdminError } from '../admin/error';

/** A text of 16 MB to import, with room for its escapes. */
const BYTES_MAX = 20 * 2 ** 20;

/** Throws `body_too_large`, or `invalid_input` for what is not JSON. An empty body is an empty object. */
export async function readJson(request: Request): Promise<unknown> {
  const text = await readText(request);
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new AdminError('invalid_input', 'The body is not valid JSON.');
  }
}

async function readText(request: Request): Promise<string> {
  if (request.body === null) return '';
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    // What is too much is read to its end all the same: a body that is left in the pipe keeps the connection busy.
    if (bytes > BYTES_MAX) chunks.length = 0;
    else chunks.push(chunk);
  }
  if (bytes > BYTES_MAX) {
    throw new AdminError('body_too_large', `The body is larger than ${BYTES_MAX} bytes.`);
  }
  return Buffer.concat(chunks).toString('utf8');
}
