const ADDRESS_BYTES_MAX = 254;

/** Letters, digits, and the signs that need no quotes (RFC 5321, 4.1.2; RFC 6531, 3.3). */
const ADDRESS = /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~.-]+@[\p{L}\p{M}\p{N}.-]+$/u;
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/u;

/**
 * An e-mail address, its ASCII letters small. Undefined for all else, and for one that is too long: what is cut or
 * mended would be the address of somebody else.
 */
export function emailAddress(value: unknown): string | undefined {
  if (typeof value !== 'string' || Buffer.byteLength(value) > ADDRESS_BYTES_MAX) return undefined;
  return ADDRESS.test(value) && !INVISIBLE.test(value) ? smallAscii(value) : undefined;
}

/** Other letters stay: some, such as the sign of Kelvin, have an ASCII letter as their small one. */
export function smallAscii(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
