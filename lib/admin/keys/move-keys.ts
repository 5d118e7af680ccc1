import type { ApiKeyRow, ProviderRow } from '../../store/rows';
import { FRESH_STATE } from '../../store/keys/key-row';
import type { AdminContext } from '../context';
import { wallOrNull, type LiveTime } from '../live-time';
import { forEachInSlices } from '../slices';
import type { LiveKey } from './key-item';

const CHUNK = 2_500;
/** Counters go along with the key. */
const FRESH = {
  disabled: null,
  isByPerson: true,
  failures: 0,
  cooldowns: { cooldownUntil: null, modelCooldowns: {} },
};

/**
 * Moves keys to another provider, where they start afresh but for their counters. Keys that it has already stay where they
 * are. Yields after each step how many were looked at and moved.
 */
export async function* moveKeys(
  { configuration, store, flushKeyStates, live, liveTime }: AdminContext,
  keys: readonly LiveKey[],
  to: ProviderRow,
): AsyncGenerator<{ readonly looked: number; readonly moved: number }> {
  const taken = new Set<string>();
  await forEachInSlices(configuration.inventory.keys.get(to.id)?.values() ?? [], ({ value }) =>
    taken.add(value),
  );
  await flushKeyStates();
  for (let start = 0; start < keys.length; start += CHUNK) {
    const chunk = keys.slice(start, start + CHUNK);
    const moving = chunk.filter(({ row }) => !taken.has(row.value) && Boolean(taken.add(row.value)));
    const rows = moving.map((key) => freshRow(key, to.id, liveTime));
    await configuration.change(async (editor) => {
      await store.keys.moveMany(
        rows.map(({ id }) => id),
        to.id,
      );
      await store.keys.saveStates(rows.map(({ id }) => ({ keyId: id, ...FRESH })));
      editor.removeKeys(moving.map(({ row }) => row));
      editor.addKeys(rows);
    });
    live.keysRemoved(rows.map(({ id }) => id));
    yield { looked: start + chunk.length, moved: moving.length };
  }
}

/** What one provider said of a key is nothing to another. */
function freshRow({ row, state }: LiveKey, providerId: string, time: LiveTime): ApiKeyRow {
  return {
    ...row,
    ...FRESH_STATE,
    requestCount: state.requestCount,
    errorCount: state.errorCount,
    lastUsedAt: wallOrNull(time, state.lastUsedAt),
    providerId,
    source: 'dashboard',
    version: row.version + 1,
  };
}
