import {
  isAccountName,
  isKeyName,
  isLimitsName,
  isTagsName,
  isWeightName,
  limitOf,
  noteRank,
} from './key-names';
import type { FieldBook } from './field-book';
import type { LimitName } from '../../config/values/use-limits';
import type { InvalidKind } from '../contract/keys';
import { looksLikeKey } from './keys-in-lines';
import { keysInPiece } from './keys-in-piece';
import { isSurelyKey } from './odd-key';
import { noteOf, unwrapped, withoutInvisible, type PieceOptions, type Step } from './key-piece';
import { strongKeysIn } from './strong-keys';
import { rows, type Row } from './table-rows';

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
  readonly tags: number;
  /** What each column is called. */
  readonly names: readonly string[];
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
    tags: names.findIndex(isTagsName),
    names,
  };
}

/** The text is one column of keys below its name. */
export function hasTitle(text: string): boolean {
  return /^[\s\ufeff]*["']?(?:api[\s_-]?)?(?:keys?|tokens?|secrets?|密钥|秘钥|令牌)["']?[ \t]*[\r\n]\s*\S/i.test(
    text.slice(0, HEAD_MAX),
  );
}

/** Tells `fields` of its columns. */
export function* keysInTable(text: string, first: Columns, fields: FieldBook): Generator<Step> {
  let next: Columns | undefined = first;
  while (next !== undefined) next = yield* keysOfPart(text, next, fields);
}

/** Returns the columns of the part that follows, if it has other marks between its cells. */
function* keysOfPart(text: string, first: Columns, fields: FieldBook): Generator<Step, Columns | undefined> {
  let columns = first;
  noteFields(first, fields);
  for (const row of rows(text, first)) {
    const next = row && columnsOfRow(row, columns);
    if (row !== undefined && next !== undefined) {
      columns = { ...next, start: row.end, startLine: row.nextLine };
      if (columns.delimiter !== first.delimiter) return columns;
      noteFields(columns, fields);
    }
    if (row === undefined || next !== undefined || isRule(row)) yield undefined;
    else yield* untold(row, columns, yield* keysOfRow(row, columns));
  }
  return undefined;
}

function noteFields(
  { names, keys, note, account, json, weight, tags, limits }: Columns,
  fields: FieldBook,
): void {
  for (const [index, name] of names.entries()) {
    const isLimit = index === json || limits.some(([, column]) => column === index);
    if (keys.includes(index)) fields.add(name, 'key');
    else if (index === account) fields.add(name, 'account');
    else if (index === weight) fields.add(name, 'weight');
    else if (index === tags) fields.add(name, 'tags');
    else if (index === note) fields.add(name, 'note');
    else fields.add(name, isLimit ? 'limits' : null);
  }
}

/** Below the names of a table, and around it. */
function isRule({ cells }: Row): boolean {
  const line = cells.length <= COLUMNS_MAX ? cells.join(' ') : '';
  return /[-=─━]{2}/.test(line) && /^[\s:=+─━┼-]*$/.test(line);
}

/** The columns that the row names, if it is the head of another table, or the same one again. */
function columnsOfRow({ cells }: Row, { delimiter, keys }: Columns): ReturnType<typeof columnsIn> {
  if (cells.length > COLUMNS_MAX || cells.some(isSurelyKey)) return undefined;
  const isHead = keys.every((index) => !looksLikeKey(cellOf(cells, index)));
  const [only = ''] = cells;
  if (cells.length === 1 && only.length <= HEAD_MAX && delimiterOf(only) !== delimiter)
    return columnsIn(only);
  return isHead ? columnsIn(cells.join(delimiter), delimiter) : undefined;
}

/** Returns whether it has any. */
function* keysOfRow({ line, cells }: Row, columns: Columns): Generator<Step, boolean> {
  const { account, json, weight, tags, limits } = columns;
  const hasOptions = [account, json, weight, tags].some((one) => one !== -1) || limits.length > 0;
  const options = hasOptions && { options: optionsIn(cells, columns) };
  const note = noteOf(cells[columns.note] ?? '');
  const found = columns.keys.map((index) => keysOfCell(cells[index] ?? ''));
  const values = found.flatMap((one) => one.values).filter((value) => value !== '');
  const rest = found.flatMap((one) => one.rest);
  for (const value of rest) yield { line, value, note: '', wrong: 'rest' };
  // Of several columns some are of other things, such as a `masked_key`.
  const alike = values.filter(looksLikeKey);
  const taken = alike.length > 0 ? alike : values.slice(0, 1);
  for (const value of taken) yield { line, value, note, ...options };
  return taken.length > 0 || rest.length > 0;
}

/** One as a rule. A comment is not read. */
function keysOfCell(cell: string): { readonly values: readonly string[]; readonly rest: readonly string[] } {
  const bare = cell
    .trim()
    .replace(/^="([^"]*)"$/, '$1')
    .replace(/^bearer\s+/i, '');
  if (bare.startsWith('#') && strongKeysIn(bare).length > 0) return { values: [], rest: [bare] };
  const { values, rest } = keysInPiece(bare);
  return { values, rest: rest === '' ? [] : [rest] };
}

/** Cells that nobody reads, and that should not go unsaid. */
function* untold({ line, cells, open }: Row, columns: Columns, hasKey: boolean): Generator<Step> {
  if (open !== undefined) yield { line, value: open, note: '', wrong: 'quote' };
  let isMissing = !hasKey;
  for (const index of cells.keys()) {
    yield undefined;
    const value = cellOf(cells, index);
    if (value === '') continue;
    const kind = isMissing ? 'missing' : wrongOf(value, index, columns);
    isMissing = false;
    if (kind !== undefined) yield { line, value, note: '', wrong: kind };
    else if (!columns.keys.includes(index)) yield* hidden(value, line);
  }
}

function wrongOf(value: string, index: number, { count, keys }: Columns): InvalidKind | undefined {
  if (index >= count) return 'surplus';
  return !keys.includes(index) && isSurelyKey(value) ? 'unread' : undefined;
}

/** Keys in a cell of words. */
function* hidden(cell: string, line: number): Generator<Step> {
  for (const { value } of strongKeysIn(cell)) yield { line, value, note: '', wrong: 'unread' };
}

function cellOf(cells: readonly string[], index: number): string {
  return unwrapped(withoutInvisible(cells[index] ?? '').trim());
}

function optionsIn(cells: readonly string[], { account, limits, json, weight, tags }: Columns): PieceOptions {
  const bare = (index: number) => withoutInvisible(cells[index] ?? '').trim();
  const said = limits.map(([name, index]) => [name, bare(index)] as const);
  return {
    account: bare(account),
    limits: Object.fromEntries(said.filter(([, cell]) => cell !== '')),
    ...(bare(json) !== '' && { json: bare(json) }),
    ...(bare(weight) !== '' && { weight: bare(weight) }),
    ...(bare(tags) !== '' && { tags: { cell: bare(tags) } }),
  };
}
