import { keyHint } from '../../store/key-hint';
import { forEachInSlices } from '../slices';

export interface ParsedKey {
  /** Line of the text, from 1. */
  readonly line: number;
  readonly value: string;
}

export interface InvalidKey {
  readonly line: number;
  readonly reason: string;
  readonly hint: string;
}

export interface ParsedKeys {
  readonly keys: ParsedKey[];
  readonly invalid: InvalidKey[];
}

/** Blanks, commas and semicolons, those of Chinese keyboards as well. */
const BETWEEN = /[^\s,;，；、]+/g;
/** What is left around a key that comes out of a JSON list or a line of a program. */
const WRAPPING = '"\'`[]';
/** `OPENAI_API_KEY=sk-...`, as in the files of programs. */
const ASSIGNMENT = /^[A-Z][A-Z0-9_]*(?:KEYS?|TOKENS?)=/;
/** From here on a line is for people. */
const COMMENT = /^(?:#|\/\/)/;
const PRINTABLE = /^[\x21-\x7e]+$/;
const CHARACTERS_MAX = 4096;
/** Pieces of text to look at without letting anything else run. */
const SLICE = 2_000;

/** Keys are longer, with few exceptions: shorter ones are words that came along. */
export const SHORT_MAX = 7;

/**
 * Takes a text apart into keys of any format. What comes after `#` or `//` is a comment, and names before `=` are left out.
 * Nothing of the text is in the answer but as a hint.
 */
export async function parseKeys(text: string): Promise<ParsedKeys> {
  const keys: ParsedKey[] = [];
  const invalid: InvalidKey[] = [];
  await forEachInSlices(
    pieces(text),
    ({ line, value }) => {
      const reason = reasonAgainst(value);
      if (reason === undefined) keys.push({ line, value });
      else invalid.push({ line, reason, hint: keyHint(value) });
    },
    SLICE,
  );
  return { keys, invalid };
}

function* pieces(text: string): Generator<ParsedKey> {
  let line = 1;
  let lineEnd = text.indexOf('\n');
  let commentEnd = 0;
  for (const match of text.matchAll(BETWEEN)) {
    if (match.index < commentEnd) continue;
    if (COMMENT.test(match[0])) {
      const end = text.indexOf('\n', match.index);
      commentEnd = end === -1 ? text.length : end;
      continue;
    }
    for (; lineEnd !== -1 && lineEnd < match.index; lineEnd = text.indexOf('\n', lineEnd + 1)) line += 1;
    const value = unwrapped(match[0].replace(ASSIGNMENT, ''));
    if (value !== '' && value !== 'export') yield { line, value };
  }
}

/** In one pass: a pattern would begin anew at each quote within a long piece. */
function unwrapped(piece: string): string {
  let [from, end] = [0, piece.length];
  while (from < end && WRAPPING.includes(piece.charAt(from))) from += 1;
  while (end > from && WRAPPING.includes(piece.charAt(end - 1))) end -= 1;
  return piece.slice(from, end);
}

function reasonAgainst(value: string): string | undefined {
  if (value.length > CHARACTERS_MAX) return `is longer than ${CHARACTERS_MAX} characters`;
  if (!PRINTABLE.test(value)) return 'has characters that cannot be sent in a header';
  return undefined;
}
