import type { Limits } from '../../balancer/limits/limits';
import { inBatches } from '../database/batches';
import { sharedTexts } from '../database/column-kinds';
import { bytesColumn, textColumn } from '../database/columns';
import type { SqlSession, SqlValue } from '../database/database';
import { keyHint } from '../../balancer/attribution/key-hint';
import { FRESH_STATE, KEY_COLUMNS, keyValues, shapedKey, UNSET, type ApiKeyRow } from './key-row';
import { newRowId } from '../database/row-id';
import type { ConfigSource } from '../config-source';
import type { WriteParts } from '../write-parts';

export interface NewKey {
  readonly value: string;
  /** 1 unless given. */
  readonly weight?: number;
  readonly note?: string;
  readonly limits?: Limits;
  readonly account?: string;
  readonly tags?: readonly string[];
}

export interface ImportedKeys {
  readonly added: ApiKeyRow[];
  /** Values that were given twice, or that the provider has already. */
  readonly duplicates: number;
}

export interface KeyImport {
  readonly providerId: string;
  readonly keys: readonly NewKey[];
  readonly source: ConfigSource;
  readonly at: number;
}

/** Keys to encrypt and write at a time: on both databases about four milliseconds of ours. */
const BATCH = { local: 50, remote: 200 };

/**
 * Adds keys in batches, each all or nothing. Two imports of the same keys at once add each key once. A deleted key that
 * comes again is a new one, but for its id: what it had made at the provider is still its own.
 */
export async function importKeys(
  { session, dialect, cipher }: Pick<WriteParts, 'session' | 'dialect' | 'cipher'>,
  request: KeyImport,
): Promise<ImportedKeys> {
  const insert = `INSERT INTO ApiKey (${KEY_COLUMNS.join(', ')}) VALUES (${KEY_COLUMNS.map(() => '?').join(', ')})
    ${dialect.ignoreDuplicate('id')}`;
  const forget = 'DELETE FROM ApiKey WHERE id = ? AND deletedAt IS NOT NULL';
  const size = dialect.isLocal ? BATCH.local : BATCH.remote;
  // It may look at all keys that there are, which takes longer than to ask for a few.
  const mayBeDeleted = request.keys.length <= size || (await hasDeleted(session));
  const seen = new Set<string>();
  const added: ApiKeyRow[] = [];

  await inBatches(request.keys, size, async (keys) => {
    const fresh: (readonly [key: NewKey, lookup: Buffer, place: number])[] = [];
    for (const key of keys) {
      const lookup = cipher.lookup(key.value);
      const mark = lookup.toString('latin1');
      if (seen.has(mark)) continue;
      seen.add(mark);
      fresh.push([key, lookup, seen.size]);
    }
    const lookups = fresh.map(([, lookup]) => lookup);
    const known = mayBeDeleted ? await deletedIds(session, request.providerId, lookups) : NOBODY;
    const rows: ApiKeyRow[] = [];
    const values: SqlValue[][] = [];
    for (const [key, lookup, place] of fresh) {
      const row = newKeyRow(
        key,
        request,
        known.get(lookup.toString('latin1')) ?? newRowId(request.at, place),
      );
      rows.push(row);
      values.push(keyValues(row, cipher, lookup));
    }
    const forgotten = [...known.values()].map((id) => [id]);
    if (forgotten.length > 0) await session.executeEach(forget, forgotten);
    await session.executeEach(insert, values);
    // A row that was ignored as a duplicate is the one whose id is not there.
    const present = await presentIds(session, rows);
    for (const row of rows) if (present.has(row.id)) added.push(row);
  });
  return { added, duplicates: request.keys.length - added.length };
}

function newKeyRow(key: NewKey, { providerId, source, at }: KeyImport, id: string): ApiKeyRow {
  return shapedKey({
    ...FRESH_STATE,
    ...UNSET,
    id,
    providerId,
    value: key.value,
    hint: keyHint(key.value),
    source,
    ...(key.weight !== undefined && { weight: key.weight }),
    ...(key.note !== undefined && { note: key.note }),
    ...(key.limits !== undefined && { limits: key.limits }),
    ...(key.account !== undefined && { account: key.account }),
    ...(key.tags !== undefined && { tags: sharedTexts(key.tags) }),
    createdAt: at,
    updatedAt: at,
    version: 1,
  });
}

async function presentIds(session: SqlSession, rows: readonly ApiKeyRow[]): Promise<Set<string>> {
  if (rows.length === 0) return new Set();
  const found = await session.query(
    `SELECT id FROM ApiKey WHERE id IN (${rows.map(() => '?').join(', ')})`,
    rows.map((row) => row.id),
  );
  return new Set(found.map((row) => textColumn(row, 'id')));
}

const NOBODY: ReadonlyMap<string, string> = new Map();

/** The ids of those of the keys that the provider had before they were deleted, by their lookup. */
async function deletedIds(
  session: SqlSession,
  providerId: string,
  lookups: readonly Buffer[],
): Promise<ReadonlyMap<string, string>> {
  if (lookups.length === 0) return NOBODY;
  const rows = await session.query(
    `SELECT id, lookup FROM ApiKey WHERE providerId = ? AND deletedAt IS NOT NULL AND lookup IN
      (${lookups.map(() => '?').join(', ')})`,
    [providerId, ...lookups],
  );
  return new Map(rows.map((row) => [bytesColumn(row, 'lookup').toString('latin1'), textColumn(row, 'id')]));
}

async function hasDeleted(session: SqlSession): Promise<boolean> {
  const rows = await session.query('SELECT id FROM ApiKey WHERE deletedAt IS NOT NULL LIMIT 1');
  return rows.length > 0;
}
