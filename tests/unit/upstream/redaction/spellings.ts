import fc from 'fast-check';

/** One way to write a character in JSON or in an address; `digits` turns the case of hex digits. */
type Write = (character: string, inCapitals: boolean) => string;

const hex = (value: number, length: number, inCapitals: boolean): string => {
  const digits = value.toString(16).padStart(length, '0');
  return inCapitals ? digits.toUpperCase() : digits;
};
const asUnits: Write = (character, inCapitals) =>
  Array.from(
    { length: character.length },
    (_, at) => `\\u${hex(character.charCodeAt(at), 4, inCapitals)}`,
  ).join('');
const asBytes: Write = (character, inCapitals) =>
  [...Buffer.from(character)].map((byte) => `%${hex(byte, 2, inCapitals)}`).join('');

export const WAYS: readonly Write[] = [
  (character) => character,
  (character) => (/["'/\\]/.test(character) ? `\\${character}` : character),
  asUnits,
  (character, inCapitals) => asUnits(character, inCapitals).replaceAll('\\', '\\\\'),
  asBytes,
  (character, inCapitals) => asBytes(character, inCapitals).replaceAll('%', '%25'),
];

const KEY_CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.+/=';

export const keys = fc
  .array(fc.constantFrom(...KEY_CHARACTERS), { minLength: 6, maxLength: 60 })
  .map((all) => all.join(''));

/** Any secret that can be told from its mask and its ways of writing. */
export const secrets = fc.oneof(
  keys,
  fc
    .string({ unit: 'binary', minLength: 6, maxLength: 30 })
    .filter(
      (text) => Buffer.from(text).toString() === text && !text.includes('*') && Array.from(text).length >= 6,
    ),
  fc
    .array(fc.constantFrom('\\', '%', '"', '/', 'u', '0', '2', '5', 'c', 'a'), {
      minLength: 6,
      maxLength: 20,
    })
    .map((all) => all.join('')),
);

/** The secret with each character written in a way of its own. */
export function writtenSomehow(secret: string): fc.Arbitrary<string> {
  const characters = Array.from(secret);
  const how = fc.tuple(fc.nat(WAYS.length - 1), fc.boolean());
  return fc
    .array(how, { minLength: characters.length, maxLength: characters.length })
    .map((hows) => characters.map((one, index) => WAYS[hows[index]![0]]!(one, hows[index]![1])).join(''));
}

/** The pieces of a text cut at any places. */
export function piecesOf(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort(
    (a, b) => a - b,
  );
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end));
}
