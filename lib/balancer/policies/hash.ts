const BASIS = 0x811c9dc5;
const PRIME = 0x01000193;

/** FNV-1a with the murmur3 finalizer, which spreads texts that differ only at their end. */
export function hash32(text: string): number {
  return finished(fed(BASIS, text));
}

/** The same of a text followed by others: the beginning is gone through once. */
export function hash32After(beginning: string): (rest: string) => number {
  const state = fed(BASIS, beginning);
  return (rest) => finished(fed(state, rest));
}

function fed(state: number, text: string): number {
  let hash = state;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), PRIME);
  return hash;
}

function finished(state: number): number {
  let hash = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
