import { DEPTH_MAX, simd, type Open } from './simd';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/** To begin over there costs as much as looking at about so many bytes here. */
const NEAR_BYTES = 256;

/**
 * Goes from `from`, where something is open, up to `pause`. Returns the offset behind the quote or bracket with which
 * nothing is open any more; else the place to go on from, which is `pause`, or one more where its last byte escapes the
 * next; `~offset` of a bracket that does not fit, or nests too deep.
 */
export function skipOpen(bytes: Buffer, from: number, pause: number, open: Open): number {
  const near = simd === undefined ? pause : Math.min(pause, from + NEAR_BYTES);
  const at = skipNear(bytes, from, near, open);
  return at < 0 || at >= pause || !isOpen(open) ? at : skipFar(bytes, at, pause, open);
}

/** The same for a text in which most strings are long. */
export function skipFar(bytes: Buffer, from: number, pause: number, open: Open): number {
  return simd === undefined ? skipNear(bytes, from, pause, open) : simd.skip(bytes, from, pause, open);
}

function isOpen({ isInString, closers }: Open): boolean {
  return isInString || closers.length > 0;
}

// oxlint-disable-next-line complexity -- runs for every byte, with its state in local variables
function skipNear(bytes: Buffer, from: number, pause: number, open: Open): number {
  const { closers } = open;
  let { isInString } = open;
  let at = from;
  while (at < pause) {
    const byte = bytes[at++];
    if (isInString) {
      if (byte === BACKSLASH) at++;
      else if (byte === QUOTE) {
        isInString = false;
        if (closers.length === 0) break;
      }
    } else if (byte === QUOTE) {
      isInString = true;
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      if (closers.length === DEPTH_MAX) return ~(at - 1);
      closers.push(byte + 2); // In ASCII each closer is its opener + 2.
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      if (closers.pop() !== byte) return ~(at - 1);
      if (closers.length === 0) break;
    }
  }
  open.isInString = isInString;
  return at;
}
