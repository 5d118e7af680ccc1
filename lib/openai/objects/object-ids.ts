import { OPEN_BRACE, OPEN_BRACKET, scanMembers, shortStringAt, skipSpace } from '../json/json-scan';

const COMMA = 0x2c;

/**
 * Tells where the `id` of the object that opens at `at` stands; nothing if there is none. Returns the offset after the
 * object, or `~position` for where it stops being one.
 */
export function idOfObject(bytes: Buffer, at: number, take: (valueAt: number) => void): number {
  return scanMembers(bytes, at, (nameAt, valueAt) => {
    if (shortStringAt(bytes, nameAt) === 'id') take(valueAt);
  });
}

/** The same for each object of the list that opens at `listAt`; returns the offset after the last of them. */
export function eachObject(bytes: Buffer, listAt: number, take: (valueAt: number) => void): number {
  if (bytes[listAt] !== OPEN_BRACKET) return ~listAt;
  let at = skipSpace(bytes, listAt + 1);
  while (bytes[at] === OPEN_BRACE) {
    const end = idOfObject(bytes, at, take);
    if (end < 0) return end;
    at = skipSpace(bytes, end);
    if (bytes[at] === COMMA) at = skipSpace(bytes, at + 1);
  }
  return at;
}
