import type { Dialect, SqlValue } from '../database/database';
import { RESULT_CONDITIONS, type RequestResult } from './request-class';

export interface LogFilters {
  /** First millisecond. */
  readonly from?: number;
  /** Last millisecond. */
  readonly to?: number;
  /** Slug. */
  readonly provider?: string;
  readonly keyId?: string;
  /** The whole id of a request. */
  readonly requestId?: string;
  readonly model?: string;
  /** What statistics count it as; of requests only. */
  readonly result?: RequestResult;
  /** One status, or all from the first to the second. */
  readonly status?: number | readonly [number, number];
  /** Of a request its outcome, of an error its verdict. */
  readonly outcome?: string;
  /** Every outcome but `success`. */
  readonly isFailure?: boolean;
  /** Hint of the client token; of requests only. */
  readonly token?: string;
  /** Of requests only: how long they took, in milliseconds, from and to. */
  readonly durationMsMin?: number;
  readonly durationMsMax?: number;
  /** Occurs anywhere in the row's words, whatever its case; on MySQL alone also of other letters than A to Z. */
  readonly text?: string;
}

export interface Condition {
  readonly sql: string;
  readonly params: readonly SqlValue[];
}

/** Each has an index in which equal values are in order of their ids; the one with the fewest rows of a value first. */
const INDEXED = ['requestId', 'keyId', 'provider'] as const;
export type WalkedColumn = (typeof INDEXED)[number];

/** The column whose index is walked; undefined walks the ids themselves. */
export function walkedColumn(filters: LogFilters): WalkedColumn | undefined {
  return INDEXED.find((column) => filters[column] !== undefined);
}

export interface SearchedShape {
  readonly outcomeColumn: string;
  /** Each of them may name a model. */
  readonly modelColumns: readonly string[];
  readonly searched: readonly string[];
}

/** What is tested row by row, because the walked index does not tell. */
// oxlint-disable-next-line complexity -- a table: a condition for each filter
export function testedConditions(dialect: Dialect, shape: SearchedShape, filters: LogFilters): Condition[] {
  const conditions: Condition[] = [];
  const test = (sql: string, ...params: SqlValue[]) => conditions.push({ sql, params });
  // `+ 0` keeps the databases from choosing the index of `at`, which would make them sort the whole range by id.
  if (filters.from !== undefined) test('at + 0 >= ?', filters.from);
  if (filters.to !== undefined) test('at + 0 <= ?', filters.to);
  for (const column of INDEXED) {
    const value = filters[column];
    if (value !== undefined && column !== walkedColumn(filters)) test(`${column} = ?`, value);
  }
  if (filters.model !== undefined) test(...anyEquals(shape.modelColumns, filters.model));
  if (typeof filters.status === 'number') test('status = ?', filters.status);
  else if (filters.status) test('status BETWEEN ? AND ?', ...filters.status);
  if (filters.result !== undefined) test(RESULT_CONDITIONS[filters.result]);
  if (filters.outcome !== undefined) test(`${shape.outcomeColumn} = ?`, filters.outcome);
  if (filters.isFailure === true) test(`${shape.outcomeColumn} <> 'success'`);
  if (filters.token !== undefined) test('token = ?', filters.token);
  if (filters.durationMsMin !== undefined) test('durationMs >= ?', filters.durationMsMin);
  if (filters.durationMsMax !== undefined) test('durationMs <= ?', filters.durationMsMax);
  if (filters.text !== undefined && filters.text !== '') {
    const pattern = `%${dialect.foldCase(filters.text).replace(/[!%_]/g, '!$&')}%`;
    const anyOf = shape.searched.map((column) => dialect.contains(column)).join(' OR ');
    test(`(${anyOf})`, ...shape.searched.map(() => pattern));
  }
  return conditions;
}

function anyEquals(columns: readonly string[], value: string): [string, ...SqlValue[]] {
  return [`(${columns.map((column) => `${column} = ?`).join(' OR ')})`, ...columns.map(() => value)];
}

export function all(conditions: readonly Condition[]): Condition {
  return {
    sql: conditions.map((condition) => condition.sql).join(' AND '),
    params: conditions.flatMap((condition) => condition.params),
  };
}
