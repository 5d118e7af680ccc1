import {
  OPEN_BRACE,
  OPEN_BRACKET,
  nestedEnd,
  scanMembers,
  shortStringAt,
  skipSpace,
} from '../json/json-scan';

const COMMA = 0x2c;

/** Tells where the `id` of the object that opens at `at` stands; nothing if there is none. */
export function idOfObject(bytes: Buffer, at: number, take: (valueAt: number) => void): void {
  if (bytes[at] !== OPEN_BRACE) return;
  scanMembers(bytes, at, (nameAt, valueAt) => {
    if (shortStringAt(bytes, nameAt) === 'id') take(valueAt);
  });
}

/** The same for each object of the list that opens at `listAt`. */
export function eachObject(bytes: Buffer, listAt: number, take: (valueAt: number) => void): void {
  if (bytes[listAt] !== OPEN_BRACKET) return;
  for (let at = skipSpace(bytes, listAt + 1); bytes[at] === OPEN_BRACE;) {
    idOfObject(bytes, at, take);
    const end = nestedEnd(bytes, at);
    if (end < 0) return;
    at = skipSpace(bytes, end);
    if (bytes[at] === COMMA) at = skipSpace(bytes, at + 1);
  }
}
