import { setImmediate as nextTurn } from 'node:timers/promises';

/** How much may be in a text of JSON that is parsed in one go. */
export interface JsonLimits {
  /** Arrays and objects within each other. */
  readonly depth: number;
  /** Names in all objects, and objects and arrays: what is dear to build. */
  readonly names: number;
  /** Values in all arrays and objects. */
  readonly values: number;
}

const SLICE_BYTES = 256 * 1024;
const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * Whether JSON.parse makes short work of it: what a text costs is not its length but what is built from it. Lets the
 * event loop go on between slices. Says nothing of whether it is JSON at all.
 */
export async function isLightJson(bytes: Uint8Array, limits: JsonLimits): Promise<boolean> {
  const counts = { depth: 0, names: 0, values: 0, isInText: false };
  let at = 0;
  while (at < bytes.length) {
    const end = Math.min(at + SLICE_BYTES, bytes.length);
    at = countSlice(bytes, at, end, counts, limits);
    if (at < 0) return false;
    if (at < bytes.length) await nextTurn();
  }
  return true;
}

interface Counts {
  depth: number;
  names: number;
  values: number;
  isInText: boolean;
}

/** Where to go on, or -1 when it is too much. */
// oxlint-disable-next-line complexity -- runs for every byte
function countSlice(bytes: Uint8Array, at: number, end: number, counts: Counts, limits: JsonLimits): number {
  let i = at;
  for (; i < end; i += 1) {
    const byte = bytes[i];
    if (counts.isInText) {
      if (byte === BACKSLASH) i += 1;
      else if (byte === QUOTE) counts.isInText = false;
    } else if (byte === QUOTE) counts.isInText = true;
    else if (byte === COMMA) counts.values += 1;
    else if (byte === COLON) counts.names += 1;
    else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) {
      counts.names += 1;
      counts.depth += 1;
      if (counts.depth > limits.depth) return -1;
    } else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) counts.depth -= 1;
  }
  return counts.names > limits.names || counts.values > limits.values ? -1 : i;
}
