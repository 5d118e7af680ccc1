import { isKeyName } from './key-names';
import { noteOf, unwrapped, type Candidate, type Step } from './key-piece';
import { apart, keysInPiece } from './keys-in-piece';
import { hasPrefix, invalidKindOf, oddKindOf } from './odd-key';

/** Blanks, commas and semicolons, those of Chinese keyboards as well. */
const BETWEEN = /[^\s,;，；、：\u0085|]+|\ufeff+[^\s,;，；、：\u0085|]*/g;
/** From here on a line is for people. */
const COMMENT = /^(?:#|\/\/)/;
/** A name and what it is set to, in one piece: `OPENAI_API_KEY=sk-...`, `"key":"sk-..."`, `-H"api-key:sk-..."`. */
const NAMED = /^(?:-H|--header=)?["'`]?([A-Za-z][\w.-]{0,60})["'`]?(?:=|:(?!\/\/))(.*)$/s;
/** Nothing but what leads to a key: it is left out if one follows on its line. */
const LEADING = /^(?:export|set|setx|bearer|-h|--header|curl|[=:>→-]+)$/i;
/** What it leads to is for a program: of such a line only the keys count. */
const COMMAND = /^(?:curl|curl\.exe|wget)$/i;
/** At the end of a line: the next one belongs to it. */
const GOES_ON = /^[\\^`]$/;
/** The line of a very long text is looked at in parts. */
const PART_MAX = 1_000;

interface Piece {
  readonly line: number;
  readonly text: string;
  /** A comma, a semicolon or a tab stands before it, and not only blanks. */
  readonly isCell: boolean;
}

/**
 * The keys of a text that people wrote: one a line or several, with names before and notes and comments behind them.
 */
export function* keysInLines(text: string): Generator<Step> {
  let part: Piece[] = [];
  for (const piece of pieces(text)) {
    const last = part.at(-1);
    const isNextLine = last !== undefined && last.line !== piece.line && !GOES_ON.test(last.text);
    if (isNextLine || part.length >= PART_MAX) {
      yield* keysOfLine(part);
      part = [];
    }
    yield undefined;
    part.push(piece);
  }
  yield* keysOfLine(part);
}

function* pieces(text: string): Generator<Piece> {
  let [line, end, commentEnd] = [1, 0, 0];
  for (const { 0: piece, index } of text.matchAll(BETWEEN)) {
    if (index < commentEnd) continue;
    const gap = text.slice(end, index);
    line += gap === ' ' ? 0 : newlinesIn(gap);
    end = index;
    if (COMMENT.test(piece)) {
      const newline = text.indexOf('\n', index);
      commentEnd = newline === -1 ? text.length : newline;
      end = commentEnd;
      continue;
    }
    end = index + piece.length;
    const isCell = /[^ \u00a0\u3000]/.test(gap);
    for (const part of apart(piece)) yield { line, text: part, isCell };
  }
}

function newlinesIn(gap: string): number {
  let count = 0;
  for (let at = 0; at < gap.length; at += 1) {
    const character = gap.charAt(at);
    if (character === '\n' || (character === '\r' && gap.charAt(at + 1) !== '\n')) count += 1;
  }
  return count;
}

interface Read {
  readonly line: number;
  readonly value: string;
  readonly isCell: boolean;
  /** `key`: looks like one, or was named so; `lead`: leads to one; `other`: neither; `rest`: glued to one. */
  readonly role: 'key' | 'lead' | 'other' | 'rest';
}

// oxlint-disable-next-line complexity -- one pass in which each piece is a key, its note, or a thing of its own
function* keysOfLine(line: readonly Piece[]): Generator<Candidate> {
  const read = joined(line).flatMap(readPiece);
  const lastKey = read.findLastIndex(({ role }) => role === 'key');
  const isCommand = lastKey !== -1 && read.some(({ value }) => COMMAND.test(value));
  let key: Candidate | undefined;
  for (const [index, { line: number, value, isCell, role }] of read.entries()) {
    if ((role === 'lead' && index < lastKey) || (isCommand && role !== 'key')) continue;
    const isNote = key !== undefined && index > lastKey && (isCell || key.note !== '') && mayBeNote(value);
    if (isNote && key !== undefined) {
      key = { ...key, note: noteOf(`${key.note} ${value}`) };
      continue;
    }
    if (key !== undefined) yield key;
    key = undefined;
    const candidate = { line: number, value, note: '' };
    if (role === 'rest') yield { ...candidate, wrong: 'rest' };
    else if (role === 'key') key = candidate;
    else yield candidate;
  }
  if (key !== undefined) yield key;
}

const NOTE_KINDS: ReadonlySet<string | undefined> = new Set(['word', 'number', 'email', 'short', 'symbols']);

function mayBeNote(value: string): boolean {
  if (hasPrefix(value)) return false;
  return invalidKindOf(value) === 'unsendable' || NOTE_KINDS.has(oddKindOf(value));
}

function readPiece({ line, text: piece, isCell }: Piece): Read[] {
  const text = withoutBold(piece);
  if (LEADING.test(unwrapped(text))) return [{ line, value: text, isCell, role: 'lead' }];
  const [, name = '', rest = ''] = NAMED.exec(text) ?? [];
  const isNamed = isKeyName(name);
  const { values, rest: beside } = keysInPiece(isNamed ? rest : text);
  const [value = ''] = values;
  if (isNamed && value === '') return [{ line, value: text, isCell, role: 'lead' }];
  if (value === '') return [];
  const isKey = isNamed || (invalidKindOf(value) === undefined && looksLikeKey(value));
  const keys = values.map((one): Read => ({ line, value: one, isCell, role: isKey ? 'key' : 'other' }));
  return [...toTell({ line, value: beside, isCell, role: 'rest' }), ...keys];
}

function toTell(rest: Read): Read[] {
  return rest.value === '' ? [] : [rest];
}

/** `**Key:**` is a name as any other. */
function withoutBold(text: string): string {
  return /^[*_~]/.test(text) ? unwrapped(text) : text;
}

/** Also a short one that begins as keys do. */
export function looksLikeKey(value: string): boolean {
  const kind = oddKindOf(value);
  return kind === undefined || kind === 'mixed' || (kind === 'short' && hasPrefix(value));
}

const OPENING = /^["'`“‘「]/;
const CLOSING = /["'`”’」]$/;

/** Quoted text with spaces inside is one piece, unless it is a list of keys. */
function joined(line: readonly Piece[]): readonly Piece[] {
  if (!line.some(({ text }) => OPENING.test(text) && !isClosed(text))) return line;
  const pieces: Piece[] = [];
  let open: Piece[] = [];
  const give = () => {
    pieces.push(...open);
    open = [];
  };
  for (const piece of line) {
    if (open.length > 0 && piece.isCell) give();
    if (open.length === 0 && (!OPENING.test(piece.text) || isClosed(piece.text))) {
      pieces.push(piece);
      continue;
    }
    open.push(piece);
    if (open.length === 1 || !CLOSING.test(piece.text)) continue;
    open = quoted(open);
    give();
  }
  give();
  return pieces;
}

/** As one piece, unless it is a list of keys or what leads to one. */
function quoted(pieces: Piece[]): Piece[] {
  const [first] = pieces;
  const isList = pieces.every(({ text }) => looksLikeKey(unwrapped(text)));
  if (isList || isHeader(pieces) || first === undefined) return pieces;
  return [{ ...first, text: pieces.map(({ text }) => text).join(' ') }];
}

/** `"Authorization: Bearer sk-..."`: what leads to a key, and then the key. */
function isHeader(pieces: readonly Piece[]): boolean {
  return pieces.slice(0, -1).every((piece) => readPiece(piece).every(({ role }) => role === 'lead'));
}

function isClosed(text: string): boolean {
  return text.length > 1 && CLOSING.test(text);
}
