import { inBatches } from '../database/batches';
import { sharedTexts } from '../database/column-kinds';
import { textColumn } from '../database/columns';
import { EACH_MAX, type SqlValue } from '../database/database';
import type { WriteParts } from '../write-parts';
import { patchColumns, readTagged, type ApiKeyRow } from './key-row';

/** What stands in the database of a key once its tags have been changed. */
export type TaggedKey = Pick<ApiKeyRow, 'tags' | 'version'>;

type TagsChange = (tags: readonly string[]) => readonly string[] | undefined;

/** See `KeyWrites.retag`. */
export async function retagKeys(
  parts: WriteParts,
  ids: readonly string[],
  change: TagsChange,
): Promise<ReadonlyMap<string, TaggedKey | undefined>> {
  const tagged = new Map<string, TaggedKey | undefined>();
  await inBatches(ids, EACH_MAX, async (batch) => {
    for (const [id, key] of await retagBatch(parts, batch, change)) tagged.set(id, key);
  });
  return tagged;
}

async function retagBatch(
  { session, dialect, now }: WriteParts,
  ids: readonly string[],
  change: TagsChange,
): Promise<Map<string, TaggedKey | undefined>> {
  const places = ids.map(() => '?').join(', ');
  const rows = await session.query(
    `SELECT id, tags, version FROM ApiKey WHERE id IN (${places}) AND deletedAt IS NULL ${dialect.lockRows}`,
    ids,
  );
  const at = now();
  const after = new Map<string, TaggedKey | undefined>();
  const writes: SqlValue[][] = [];
  for (const row of rows) {
    const id = textColumn(row, 'id');
    const { tags: before, version } = readTagged(row);
    const changed = change(before);
    const tags = changed && sharedTexts(changed);
    const isOther = tags !== undefined && JSON.stringify(tags) !== JSON.stringify(before);
    after.set(id, tags && { tags, version: isOther ? version + 1 : version });
    if (isOther) writes.push([...Object.values(patchColumns({ tags })), at, id]);
  }
  const sql = 'UPDATE ApiKey SET tags = ?, updatedAt = ?, version = version + 1 WHERE id = ?';
  if (writes.length > 0) await session.executeEach(sql, writes);
  return after;
}
