import { isAccountName, isKeyName, isLimitsName, isWeightName, limitOf, noteRank } from './key-names';
import type { LimitName } from '../../config/values/use-limits';
import { looksLikeKey } from './keys-in-lines';
import { isSurelyKey } from './odd-key';
import { noteOf, unwrapped, withoutInvisible, type PieceOptions, type Step } from './key-piece';

interface Columns {
  readonly delimiter: string;
  /** As many as the first line has. */
  readonly count: number;
  /** At least one. */
  readonly keys: readonly number[];
  /** -1 if there is none. */
  readonly note: number;
  readonly account: number;
  readonly limits: readonly (readonly [LimitName, number])[];
  /** All limits at once, as JSON. */
  readonly json: number;
  readonly weight: number;
  /** Where the rows begin. */
  readonly start: number;
  readonly startLine: number;
}

const HEAD_MAX = 2_000;
/** A head further down has no more. */
const COLUMNS_MAX = 50;

/**
 * The columns of a table (CSV, or with tabs or semicolons) whose first line names them, behind a title and comments;
 * undefined if it is none.
 */
export function columnsOf(text: string): Columns | undefined {
  let line = 1;
  for (const { 1: head = '', index } of text.slice(0, HEAD_MAX).matchAll(/([^\r\n]*)(?:\r\n|[\r\n]|$)/g)) {
    const columns = columnsIn(head);
    if (columns !== undefined) return { ...columns, start: index + head.length, startLine: line };
    if (!isTitle(head)) return undefined;
    line += 1;
  }
  return undefined;
}

/** It has nothing that could be a key. */
function isTitle(line: string): boolean {
  const bare = withoutInvisible(line).trim();
  if (/^(?:#|\/\/)/.test(bare)) return true;
  return !bare.split(/[\s,;|=]+/).some((word) => looksLikeKey(unwrapped(word)));
}

function delimiterOf(head: string): string {
  return [',', '\t', ';', '，', '|'].find((candidate) => head.includes(candidate)) ?? ',';
}

function columnsIn(
  head: string,
  delimiter = delimiterOf(head),
): Omit<Columns, 'start' | 'startLine'> | undefined {
  const names = head.split(delimiter).map((cell) => unwrapped(withoutInvisible(cell).trim()).trim());
  if (!names.every((name) => /^[\p{L}][\p{L}\d _./()-]{0,40}$|^$/u.test(name))) return undefined;
  if (names.length === 1) return undefined;
  const keys = names.flatMap((name, index) => (isKeyName(name) ? [index] : []));
  if (keys.length === 0) return undefined;
  const account = names.findIndex(isAccountName);
  // What groups keys says nothing of single ones.
  const ranks = names.map((name, index) => (index === account ? 0 : noteRank(name)));
  const best = Math.max(...ranks);
  return {
    delimiter,
    count: names.length,
    keys,
    note: best === 0 ? -1 : ranks.findIndex((rank) => rank === best),
    account,
    limits: names.flatMap((name, index) => {
      const limit = limitOf(name);
      return limit === undefined ? [] : [[limit, index] as const];
    }),
    json: names.findIndex(isLimitsName),
    weight: names.findIndex(isWeightName),
  };
}

/** The text is one column of keys below its name. */
export function hasTitle(text: string): boolean {
  return /^[\s\ufeff]*["']?(?:api[\s_-]?)?(?:keys?|tokens?|secrets?|密钥|秘钥|令牌)["']?[ \t]*[\r\n]\s*\S/i.test(
    text.slice(0, HEAD_MAX),
  );
}

export function* keysInTable(text: string, first: Columns): Generator<Step> {
  let columns = first;
  for (const row of rows(text, first)) {
    const next = row && columnsOfRow(row, columns);
    if (next !== undefined) columns = { ...first, ...next };
    if (row === undefined || next !== undefined) yield undefined;
    else yield* untold(row, columns, yield* keysOfRow(row, columns));
  }
}

/** The columns that the row names, if it is the head of another table, or the same one again. */
function columnsOfRow({ cells }: Row, { delimiter, keys }: Columns): ReturnType<typeof columnsIn> {
  const isHead = keys.every((index) => !looksLikeKey(cellOf(cells, index))) && !cells.some(isSurelyKey);
  return isHead && cells.length <= COLUMNS_MAX ? columnsIn(cells.join(delimiter), delimiter) : undefined;
}

/** Returns whether it has any. */
function* keysOfRow({ line, cells }: Row, columns: Columns): Generator<Step, boolean> {
  const { account, json, weight, limits } = columns;
  const hasOptions = account !== -1 || json !== -1 || weight !== -1 || limits.length > 0;
  const options = hasOptions && { options: optionsIn(cells, columns) };
  const note = noteOf(cells[columns.note] ?? '');
  const values = columns.keys
    .map((index) => cellOf(cells, index).replace(/^bearer\s+/i, ''))
    .filter((value) => value !== '');
  // Of several columns some are of other things, such as a `masked_key`.
  const alike = values.filter(looksLikeKey);
  const taken = alike.length > 0 ? alike : values.slice(0, 1);
  for (const value of taken) yield { line, value, note, ...options };
  return taken.length > 0;
}

/** Cells that nobody reads, and that should not go unsaid. */
function* untold({ line, cells }: Row, { count, keys }: Columns, hasKey: boolean): Generator<Step> {
  let isMissing = !hasKey;
  for (const index of cells.keys()) {
    const value = cellOf(cells, index);
    const isOther = !keys.includes(index) && isSurelyKey(value);
    const wrong = value !== '' && index >= count ? 'surplus' : isOther ? 'unread' : undefined;
    const kind = isMissing && value !== '' ? 'missing' : wrong;
    if (kind === 'missing') isMissing = false;
    yield kind === undefined ? undefined : { line, value, note: '', wrong: kind };
  }
}

function cellOf(cells: readonly string[], index: number): string {
  return unwrapped(withoutInvisible(cells[index] ?? '').trim());
}

function optionsIn(cells: readonly string[], { account, limits, json, weight }: Columns): PieceOptions {
  const bare = (index: number) => withoutInvisible(cells[index] ?? '').trim();
  const said = limits.map(([name, index]) => [name, bare(index)] as const);
  return {
    account: bare(account),
    limits: Object.fromEntries(said.filter(([, cell]) => cell !== '')),
    ...(bare(json) !== '' && { json: bare(json) }),
    ...(bare(weight) !== '' && { weight: bare(weight) }),
  };
}

/** A row may have millions of cells: so many are one step. */
const STEP = 100;

interface Row {
  readonly line: number;
  readonly cells: readonly string[];
}

function* rows(text: string, { delimiter, start, startLine }: Columns): Generator<Row | undefined> {
  let line = startLine;
  let cells: string[] = [];
  let firstLine = line;
  let at = start;
  const ends = new RegExp(`[${delimiter}\r\n]|$`, 'g');
  while (at <= text.length) {
    let cell: string;
    if (text.charAt(at) === '"') {
      const close = quotedEnd(text, at + 1);
      cell = text.slice(at + 1, close).replaceAll('""', '"');
      for (const character of cell) if (character === '\n') line += 1;
      at = close;
    } else cell = '';
    ends.lastIndex = at;
    const end = ends.exec(text)?.index ?? text.length;
    cells.push(cell + text.slice(at, end).replace(/^"/, ''));
    const mark = text.charAt(end);
    at = end + 1;
    if (mark === delimiter) {
      if (cells.length % STEP === 0) yield undefined;
      continue;
    }
    yield { line: firstLine, cells };
    if (mark === '') return;
    if (mark === '\r' && text.charAt(at) === '\n') at += 1;
    line += 1;
    [cells, firstLine] = [[], line];
  }
}

/** Where a quoted cell ends; a quote that nobody closes ends with its line. */
function quotedEnd(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at !== -1; at = text.indexOf('"', at + 2)) {
    if (text.charAt(at + 1) !== '"') return at;
  }
  const newline = text.indexOf('\n', from);
  return newline === -1 ? text.length : newline;
}
