import type { Secret } from './secrets';

/** A text to look for: a secret, or what base64 makes of one. */
export interface Needle {
  /** As it stands where nothing is escaped. */
  readonly bytes: Buffer;
  /** Code points, each of which may be written in several ways; undefined if only `bytes` is looked for. */
  readonly characters: ArrayLike<number> | undefined;
  readonly hint: string | undefined;
}

/**
 * A secret as it is, in UTF-16 and as pages of HTML write it, and, if it may be quoted so, as it stands within
 * something longer that is base64, of either alphabet.
 */
export function needlesOf(secrets: readonly Secret[]): Needle[] {
  const needles = secrets.map(({ value, hint }): Needle => {
    const bytes = Buffer.from(value);
    // As many bytes as characters: each is one of ASCII.
    const characters =
      bytes.length === value.length ? bytes : Array.from(value, (one) => one.codePointAt(0) ?? 0);
    return { bytes, characters, hint };
  });
  const literal = (text: string): number =>
    needles.push({ bytes: Buffer.from(text, 'latin1'), characters: undefined, hint: undefined });
  for (const { value } of secrets) {
    for (const bytes of [...inUtf16(value), ...inHtml(value)]) {
      needles.push({ bytes, characters: undefined, hint: undefined });
    }
  }
  for (const { value, isInBase64 } of secrets) {
    if (isInBase64 !== true) continue;
    for (const before of ['', '\0', '\0\0']) {
      const text = base64Core(before + value, before.length);
      literal(text);
      if (!/[+/]/.test(text)) continue;
      literal(text.replaceAll('+', '-').replaceAll('/', '_'));
      if (text.includes('/')) literal(text.replaceAll('/', '\\/'));
    }
  }
  return needles;
}

/**
 * Three bytes make four characters, so there are three ways to fall for what has one, two or no bytes before it.
 * Without the characters that neighbours have a part in.
 */
function base64Core(text: string, before: number): string {
  const bytes = Buffer.from(text);
  return bytes.toString('base64').slice(Math.ceil((before * 4) / 3), Math.floor((bytes.length * 4) / 3));
}

/** What both orders of bytes have in common, if a character is one byte and zero: then one needle does for both. */
function inUtf16(value: string): Buffer[] {
  const bytes = Buffer.from(value, 'utf16le');
  if (Buffer.byteLength(value) === value.length) return [bytes.subarray(0, -1)];
  return [bytes, Buffer.from(bytes).swap16()];
}

/** Pages agree on these, and differ in how they write quotes. */
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const QUOTES: readonly Readonly<Record<string, string>>[] = [
  {},
  { '"': '&quot;' },
  { '"': '&quot;', "'": '&#39;' },
  { '"': '&quot;', "'": '&#x27;' },
  { '"': '&#34;', "'": '&#39;' },
];

/** With the entities that every library writes; none if nothing of the secret has to be written so. */
function inHtml(value: string): Buffer[] {
  if (!/[&<>"']/.test(value)) return [];
  const written = QUOTES.map((quotes) =>
    value.replace(/[&<>"']/g, (one) => ENTITIES[one] ?? quotes[one] ?? one),
  );
  return Array.from(new Set(written.filter((text) => text !== value)), (text) => Buffer.from(text));
}
