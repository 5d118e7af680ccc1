import { randomBytes } from 'node:crypto';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const TIME_CHARACTERS = 10;
const SEQUENCE_CHARACTERS = 4;
const RANDOM_CHARACTERS = 12;

/**
 * 26 characters that ascend by millisecond, then by `sequence` (below 1,048,576: the place among rows that are made
 * together), and are unique by 60 random bits.
 */
export function newRowId(atMs: number, sequence = 0): string {
  let random = '';
  for (const byte of randomBytes(RANDOM_CHARACTERS)) random += ALPHABET.charAt(byte & 31);
  return digits(atMs, TIME_CHARACTERS) + digits(sequence, SEQUENCE_CHARACTERS) + random;
}

function digits(value: number, length: number): string {
  let rest = Math.max(0, Math.floor(value));
  let text = '';
  for (let i = 0; i < length; i += 1) {
    text = ALPHABET.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}
