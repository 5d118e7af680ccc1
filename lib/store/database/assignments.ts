import type { SqlValue } from './database';

/** `a = ?, b = ?`. The names are our own, never input. */
export function assignments(columns: Readonly<Record<string, SqlValue>>): string {
  return Object.keys(columns)
    .map((name) => `${name} = ?`)
    .join(', ');
}
