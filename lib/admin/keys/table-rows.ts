import { strongKeysIn } from './strong-keys';

/** A row may have millions of cells: so many are one step. */
const STEP = 100;

export interface Row {
  readonly line: number;
  readonly cells: readonly string[];
  /** Where the next one begins. */
  readonly end: number;
  readonly nextLine: number;
  /** What stands behind a quote that nobody closes; undefined if there is none. */
  readonly open: string | undefined;
}

interface Start {
  readonly delimiter: string;
  readonly start: number;
  readonly startLine: number;
}

/** Yields undefined within a long row. */
export function* rows(text: string, { delimiter, start, startLine }: Start): Generator<Row | undefined> {
  let line = startLine;
  let cells: string[] = [];
  let firstLine = line;
  let at = start;
  let open: string | undefined;
  const ends = new RegExp(`[${delimiter}\r\n]|$`, 'g');
  while (at <= text.length) {
    const { value, newlines, isOpen, end } = cellAt(text, at, delimiter, ends);
    if (isOpen) open ??= value;
    cells.push(value);
    line += newlines;
    const mark = text.charAt(end);
    at = end + 1;
    if (mark === delimiter) {
      if (cells.length % STEP === 0) yield undefined;
      continue;
    }
    if (mark === '\r' && text.charAt(at) === '\n') at += 1;
    line += 1;
    yield { line: firstLine, cells, end: at, nextLine: line, open };
    if (mark === '') return;
    [cells, firstLine, open] = [[], line, undefined];
  }
}

interface Cell {
  readonly value: string;
  readonly newlines: number;
  /** It begins with a quote that nobody closes. */
  readonly isOpen: boolean;
  readonly end: number;
}

function cellAt(text: string, at: number, delimiter: string, ends: RegExp): Cell {
  const isQuoted = text.charAt(at) === '"';
  const close = isQuoted ? quotedEnd(text, at + 1, delimiter) : undefined;
  const quoted = close === undefined ? '' : text.slice(at + 1, close).replaceAll('""', '"');
  let newlines = 0;
  for (const character of quoted) if (character === '\n') newlines += 1;
  const from = close ?? at;
  ends.lastIndex = from;
  const end = ends.exec(text)?.index ?? text.length;
  const value = quoted + text.slice(from, end).replace(/^"/, '');
  return { value, newlines, isOpen: isQuoted && close === undefined, end };
}

/**
 * Where a quoted cell ends. Undefined if nobody closes it, or if it would take in what stands on lines of its own: a
 * key, or a quote in the middle of a cell.
 */
function quotedEnd(text: string, from: number, delimiter: string): number | undefined {
  const close = closingQuote(text, from);
  if (close === -1) return undefined;
  const cell = text.slice(from, close);
  if (!/[\r\n]/.test(cell)) return close;
  const isEnd = /^[ \t]*(?:[\r\n]|$)/.test(text.slice(close + 1, close + 50));
  if (!isEnd && text.charAt(close + 1) !== delimiter) return undefined;
  return strongKeysIn(cell).length === 0 || isList(cell) ? close : undefined;
}

function closingQuote(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at !== -1; at = text.indexOf('"', at + 2)) {
    if (text.charAt(at + 1) !== '"') return at;
  }
  return -1;
}

/** Nothing but keys. */
function isList(cell: string): boolean {
  const words = cell.split(/[\s,;|]+/).filter((word) => word !== '');
  return words.every((word) => strongKeysIn(word)[0]?.value === word);
}
