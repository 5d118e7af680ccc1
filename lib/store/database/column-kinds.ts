import {
  booleanColumn,
  numberColumn,
  numberOrNull,
  textColumn,
  textOrNull,
  whole,
  wholeOrNull,
} from './columns';
import { cutText } from './cut-text';
import type { SqlRow, SqlValue } from './database';

/** How the values of a column are written and read. `read` throws `database_failed` for what the schema rules out. */
export interface Column<T> {
  write(value: T): SqlValue;
  read(row: SqlRow, name: string): T;
}

/** What the rows of such columns look like to the program. */
export type RowOf<Columns extends Readonly<Record<string, Column<unknown>>>> = {
  readonly [Name in keyof Columns]: Columns[Name] extends Column<infer T> ? T : never;
};

const asIs = <T extends SqlValue>(value: T): T => value;

export const text: Column<string> = { write: asIs, read: textColumn };
export const maybeText: Column<string | null> = { write: asIs, read: textOrNull };
export const fraction: Column<number> = { write: asIs, read: numberColumn };
export const integer: Column<number> = { write: whole, read: numberColumn };
export const maybeInteger: Column<number | null> = { write: wholeOrNull, read: numberOrNull };
export const flag: Column<boolean> = { write: Number, read: booleanColumn };

/** Text that many rows have, out of few: one string for all of them. */
export const repeatedText: Column<string> = {
  write: asIs,
  read: (row, name) => sharedText(textColumn(row, name)),
};

/** Text from outside, cut to what the column holds. */
export function textUpTo(length: number): Column<string> {
  return { write: (value) => cutText(value, length), read: textColumn };
}

export function maybeTextUpTo(length: number): Column<string | null> {
  return { write: (value) => (value === null ? null : cutText(value, length)), read: textOrNull };
}

/** One of a few words; any other reads as `otherwise`. */
export function oneOf<Word extends string, Otherwise extends Word | null>(
  words: readonly Word[],
  otherwise: Otherwise,
): Column<Word | Otherwise> {
  return { write: asIs, read: (row, name) => words.find((word) => word === row[name]) ?? otherwise };
}

/** Like `object`, or null, which is by far the most common. */
export function maybeObject<T extends object>(): Column<T | null> {
  return {
    write: (value) => (value === null ? null : JSON.stringify(value)),
    read: (row, name) => {
      const json = textOrNull(row, name);
      return json === null ? null : (JSON.parse(json) as T);
    },
  };
}

/** Lists of texts that are the same are one object; null where there are none, which is by far the most common. */
export const textList: Column<readonly string[]> = {
  write: (value) => (value.length === 0 ? null : JSON.stringify(value)),
  read: (row, name) => {
    const json = textOrNull(row, name);
    return json === null ? NOTHING : sharedList(json);
  },
};

const NOTHING: readonly string[] = [];
const SHARED_MAX = 5_000;
const shared = new Map<string, readonly string[]>();

/** The same texts as they come from the database: one list for all rows that have them. */
export function sharedTexts(texts: readonly string[]): readonly string[] {
  return texts.length === 0 ? NOTHING : sharedList(JSON.stringify(texts));
}

function sharedList(json: string): readonly string[] {
  const known = shared.get(json);
  if (known !== undefined) return known;
  const list = JSON.parse(json) as string[];
  if (shared.size >= SHARED_MAX) shared.clear();
  shared.set(json, list);
  return list;
}

const texts = new Map<string, string>();

function sharedText(read: string): string {
  const known = texts.get(read);
  if (known !== undefined) return known;
  if (texts.size >= SHARED_MAX) texts.clear();
  texts.set(read, read);
  return read;
}

const EMPTY = Object.freeze({});

/** An object that only the program itself writes; `{}` is by far the most common, and one for all rows. */
export function object<T extends object>(): Column<T> {
  return {
    write: (value) => JSON.stringify(value),
    read: (row, name) => {
      const json = textColumn(row, name);
      return (json === '{}' ? EMPTY : JSON.parse(json)) as T;
    },
  };
}
