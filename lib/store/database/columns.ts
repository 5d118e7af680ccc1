import type { SqlRow } from './database';
import { StoreError } from '../store-error';

/** Readers for columns of raw rows. They throw `database_failed` for a type that the schema rules out. */

export function textColumn(row: SqlRow, name: string): string {
  const value = row[name];
  if (typeof value !== 'string') throw unexpected(name);
  return value;
}

export function textOrNull(row: SqlRow, name: string): string | null {
  return row[name] === null ? null : textColumn(row, name);
}

export function numberColumn(row: SqlRow, name: string): number {
  const value = row[name];
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  throw unexpected(name);
}

export function numberOrNull(row: SqlRow, name: string): number | null {
  return row[name] === null ? null : numberColumn(row, name);
}

/** SQLite and MySQL keep booleans as 0 and 1. */
export function booleanColumn(row: SqlRow, name: string): boolean {
  const value = row[name];
  return typeof value === 'boolean' ? value : numberColumn(row, name) === 1;
}

export function bytesColumn(row: SqlRow, name: string): Buffer {
  const value = row[name];
  if (!Buffer.isBuffer(value)) throw unexpected(name);
  return value;
}

/** A whole number for an integer column; what is not a number at all becomes 0. */
export function whole(value: number): number {
  return Number.isFinite(value) ? Math.round(value) : 0;
}

export function wholeOrNull(value: number | null): number | null {
  return value === null ? null : whole(value);
}

function unexpected(name: string): StoreError {
  return new StoreError('database_failed', `Column ${name} holds an unexpected type`);
}
