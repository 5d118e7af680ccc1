import { decodedWhole } from '../../upstream/answer/decoding';

export const DECODED_BYTES_MAX = 64 * 2 ** 20;
/** No text is packed this well; only a bomb is. */
export const RATIO_MAX = 200;
const SMALL_BYTES = 2 ** 20;
/** Each of them may take as much memory as a decoded body. */
const DECODING_MAX = 2;

type Decoded = Awaited<ReturnType<typeof decodedWhole>>;

/** The decoded body of a request, or why there is none. Few are decoded at a time. */
export function decodedBody(body: Buffer, encoding: string): Promise<Decoded>;
/** `use`: what is made of it, before the next one's turn; then the decoded body is let go. */
export function decodedBody<T>(
  body: Buffer,
  encoding: string,
  use: (decoded: Buffer) => Promise<T>,
): Promise<T | Exclude<Decoded, Buffer>>;
export function decodedBody(
  body: Buffer,
  encoding: string,
  use: (decoded: Buffer) => unknown = (decoded) => decoded,
): Promise<unknown> {
  const bytesMax = Math.min(DECODED_BYTES_MAX, Math.max(SMALL_BYTES, body.length * RATIO_MAX));
  return inTurn(async () => {
    const decoded = await decodedWhole(body, encoding, bytesMax);
    return Buffer.isBuffer(decoded) ? use(decoded) : decoded;
  });
}

let decoding = 0;
const waiting: (() => void)[] = [];

/** Few at a time; the others wait with their bodies still small. */
async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (decoding >= DECODING_MAX) await new Promise<void>((resolve) => waiting.push(resolve));
  else decoding += 1;
  try {
    return await work();
  } finally {
    // The place goes on to the next one.
    const next = waiting.shift();
    if (next === undefined) decoding -= 1;
    else next();
  }
}
