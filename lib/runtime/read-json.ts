import { AdminError } from '../admin/error';

/** A text of 16 MB to import, with room for its escapes. */
const BYTES_MAX = 20 * 2 ** 20;

/** Throws `body_too_large`, or `invalid_input` for what is not JSON. An empty body is an empty object. */
export async function readJson(request: Request): Promise<unknown> {
  const text = await readText(request);
  if (text.trim() === '') return {};
  let hasPrototype = false;
  const note = (name: string, value: unknown): unknown => {
    hasPrototype ||= name === '__proto__';
    return value;
  };
  let json: unknown;
  try {
    json = MAY_HAVE_PROTOTYPE.test(text) ? JSON.parse(text, note) : JSON.parse(text);
  } catch {
    throw new AdminError('invalid_input', 'The body is not valid JSON.');
  }
  // No field is called that, and copies of such an object are not what they seem.
  if (hasPrototype) throw new AdminError('invalid_input', '__proto__: is not a known field');
  return json;
}

const MAY_HAVE_PROTOTYPE = /__proto__|\\u00/;

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
