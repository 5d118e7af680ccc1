/** Letters written from right to left, and the characters that order a line by themselves. */
const TURNS_LINES =
  /[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
const FIRST_STRONG_ISOLATE = '\u2068';
const POP_ISOLATE = '\u2069';

/**
 * A name or a text from outside, to stand within a sentence of ours: whatever order its characters want, that ends with
 * it. One that has no such wish stays as it is.
 */
export function isolated(text: string): string {
  if (!TURNS_LINES.test(text)) return text;
  let open = 0;
  let inner = '';
  for (const char of text) {
    const opens = char >= '\u2066' && char <= '\u2068';
    // It would end what stands around it.
    if (char === POP_ISOLATE && open === 0) continue;
    open += opens ? 1 : char === POP_ISOLATE ? -1 : 0;
    inner += char;
  }
  return `${FIRST_STRONG_ISOLATE}${inner}${POP_ISOLATE.repeat(open + 1)}`;
}

/** Several in one line. */
export function isolatedList(texts: readonly string[], separator = ', '): string {
  return texts.map(isolated).join(separator);
}
