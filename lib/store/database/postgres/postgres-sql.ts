import type { SqlValue } from '../database';

const KNOWN_MAX = 500;
const known = new Map<string, string>();

/** A text in quotes, a name that is quoted already, a word or a placeholder. */
const PARTS = /'(?:[^']|'')*'|"[^"]*"|[A-Za-z_]\w*|\?/g;
const IS_MIXED = /^(?=.*[a-z])(?=.*[A-Z])\w+$/;

/**
 * A statement as all databases share it, for PostgreSQL: placeholders get numbers, and names with capitals get quotes,
 * because PostgreSQL takes names without them as if they were in lower case. Keywords are capitals only.
 */
export function postgresSql(sql: string): string {
  const before = known.get(sql);
  if (before !== undefined) return before;
  let places = 0;
  const translated = sql.replace(PARTS, (part) => {
    if (part === '?') return `$${(places += 1)}`;
    return IS_MIXED.test(part) ? `"${part}"` : part;
  });
  if (known.size >= KNOWN_MAX) known.clear();
  known.set(sql, translated);
  return translated;
}

/** Text of PostgreSQL cannot hold the character NUL; what stands for it is what stands for any unreadable one. */
export function postgresValue(value: SqlValue): string | Buffer | null {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string' && value.includes('\0')) return value.replaceAll('\0', '\uFFFD');
  return value;
}
