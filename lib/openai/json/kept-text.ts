/**
 * At most `max` UTF-16 units of a text that came from outside, never half a character, for keeping. A part of a string
 * keeps the whole one in memory, so what is cut is copied; so is a short text, which may be a part of a long one
 * itself.
 */
export function keptText(text: string, max: number): string {
  const last = text.charCodeAt(max - 1);
  const isHighSurrogate = text.length > max && last >= 0xd800 && last <= 0xdbff;
  // UTF-16 keeps half characters that were there already.
  return Buffer.from(text.slice(0, isHighSurrogate ? max - 1 : max), 'utf16le').toString('utf16le');
}
