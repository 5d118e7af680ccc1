/**
 * Whether the text can be the whole file: not empty, its last line has an end, and every value in quotes is closed.
 * Text cut at any byte is not whole, unless the cut is at the end of a line.
 */
export function isWholeText(text: string): boolean {
  return text.trim() !== '' && /[\r\n]$/.test(text) && !hasOpenQuote(text);
}

const NAME = /[ \t]*(?:export[ \t]+)?[\w.-]+[ \t]*(?:=|:[ \t])[ \t]*/y;
const LINE = /[^\r\n]*(?:\r\n?|\n|$)/y;

/**
 * Reads as dotenv does: quotes count where a value begins with them, and not in comments or in the middle of a value.
 */
function hasOpenQuote(text: string): boolean {
  for (let at = 0; at < text.length; at = endOf(LINE, text, at)) {
    const valueAt = endOf(NAME, text, at);
    const mark = text[valueAt] ?? '';
    if (valueAt === at || !`'"\``.includes(mark) || mark === '') continue;
    at = closingQuote(text, mark, valueAt + 1);
    if (at < 0) return true;
  }
  return false;
}

/** A quote behind a backslash closes nothing. */
function closingQuote(text: string, mark: string, from: number): number {
  for (let at = text.indexOf(mark, from); at >= 0; at = text.indexOf(mark, at + 1)) {
    if (text[at - 1] !== '\\') return at;
  }
  return -1;
}

/** Where the match at this place ends; the place itself without a match. */
function endOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}
