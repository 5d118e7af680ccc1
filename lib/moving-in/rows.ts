/** Rows of another program's database by table; a table that is not there is absent. Cells are what a driver gives. */
export type SourceTables = ReadonlyMap<string, readonly SourceRow[]>;
export type SourceRow = Readonly<Record<string, unknown>>;
export type JsonObject = Readonly<Record<string, unknown>>;

/** The text of a cell, trimmed; empty for none and for what is no text. */
export function textOf(cell: unknown): string {
  if (typeof cell === 'string') return cell.trim();
  return typeof cell === 'number' || typeof cell === 'bigint' ? String(cell) : '';
}

/** A finite number, also where it is written as text; undefined for anything else. */
export function numberOf(cell: unknown): number | undefined {
  if (typeof cell === 'string' && cell.trim() === '') return undefined;
  if (typeof cell !== 'number' && typeof cell !== 'bigint' && typeof cell !== 'string') return undefined;
  const number = Number(cell);
  return Number.isFinite(number) ? number : undefined;
}

/** A number that somebody has set: null for none, NaN for what is no number. */
export function setNumberOf(cell: unknown): number | null {
  const isNone = cell === null || cell === undefined || (typeof cell === 'string' && cell.trim() === '');
  return isNone ? null : (numberOf(cell) ?? Number.NaN);
}

/** A boolean of any database: true, 1, 't', 'true'. */
export function flagOf(cell: unknown): boolean {
  if (typeof cell === 'string') return ['1', 't', 'true'].includes(cell.trim().toLowerCase());
  // Anything else may have no number at all: `Number({ toString: null })` throws.
  return cell === true || cell === 1 || cell === 1n;
}

/** The value of a JSON cell: a driver may have parsed it already. undefined for none, and for what is no JSON. */
export function jsonOf(cell: unknown): unknown {
  if (typeof cell !== 'string') return cell ?? undefined;
  try {
    return JSON.parse(cell) as unknown;
  } catch {
    return undefined;
  }
}

/** Whether there is text where JSON should be, and it is none. */
export function isBrokenJson(cell: unknown): boolean {
  return typeof cell === 'string' && cell.trim() !== '' && jsonOf(cell) === undefined;
}

/** An object; an empty one for anything else. */
export function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

/** What stands under a name that comes from outside: nothing of what every object has by itself. */
export function entryOf<Value>(record: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

/** Items of one name together, in the order of their first ones. */
export function groupBy<Item>(items: readonly Item[], nameOf: (item: Item) => string): Item[][] {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const name = nameOf(item);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [item]);
    else group.push(item);
  }
  return [...groups.values()];
}

/** The pieces of a list in one text, without empty ones. */
export function split(cell: unknown, by: string | RegExp = ','): string[] {
  return textOf(cell)
    .split(by)
    .map((piece) => piece.trim())
    .filter((piece) => piece !== '');
}

/** Whether there is a list that names nothing: other programs let nobody in then. */
export function isHollow(cell: unknown, by: string | RegExp = ','): boolean {
  return typeof cell === 'string' && cell !== '' && split(cell, by).length === 0;
}
