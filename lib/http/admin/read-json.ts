import { setImmediate as nextTurn } from 'node:timers/promises';
import { BODY_BYTES_MAX } from '../../admin/contract/body-limits';
import { AdminError } from '../../admin/error';
import { isLightJson, type JsonLimits } from './json-weight';
import { readLimited } from './read-limited';

/** What an endpoint may be told in one request: 100,000 ids, or a provider with all that it can have. */
const LIMITS: JsonLimits = { depth: 32, names: 2_000, values: 120_000 };
/** Where whole lists come in, of keys with weights for example, or of a thousand routes. */
const LIMITS_OF_LISTS: JsonLimits = { ...LIMITS, names: 50_000 };
const SLICE_BYTES = 2 ** 20;

/**
 * Throws `body_too_large`, or `invalid_input` for what is not JSON or holds more than any endpoint takes. An empty body
 * is an empty object. Whatever comes, the event loop is held for some milliseconds at a time.
 */
export async function readJson(request: Request, bytesMax: number): Promise<unknown> {
  const bytes = await readLimited(request, bytesMax);
  if (bytes === undefined) {
    throw new AdminError('body_too_large', `The body is larger than the ${bytesMax} bytes allowed here.`);
  }
  if (!(await isLightJson(bytes, bytesMax > BODY_BYTES_MAX ? LIMITS_OF_LISTS : LIMITS))) {
    throw new AdminError('invalid_input', 'The body is nested too deeply, or has too many members.');
  }
  const text = await textOf(bytes);
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

async function textOf(bytes: Buffer): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for (let at = 0; at < bytes.length; at += SLICE_BYTES) {
    text += decoder.decode(bytes.subarray(at, at + SLICE_BYTES), { stream: true });
    await nextTurn();
  }
  return text + decoder.decode();
}
