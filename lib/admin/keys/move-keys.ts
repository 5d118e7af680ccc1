import type { StoreWrites } from '../../store/changes/store-writes';
import type { ProviderRow } from '../../store/rows';
import { FRESH_STATE, type ApiKeyRow } from '../../store/keys/key-row';
import type { AdminContext } from '../context';
import { wallOrNull, type LiveTime } from '../live-time';
import { forEachInSlices } from '../slices';
import { CHUNK, eachStep, keyRowsNote } from '../steps';
import type { LiveKey } from './key-item';

/** Counters go along with the key. */
const FRESH = {
  disabled: null,
  isByPerson: true,
  failures: 0,
  cooldowns: { cooldownUntil: null, modelCooldowns: {} },
  uses: null,
};

/**
 * Moves keys to another provider, where they start afresh but for their counters. Keys that it has already stay where
 * they are. Yields after each step how many were looked at and moved, all together. The audit list calls them `target`.
 */
export async function* moveKeys(
  { caller, configuration, store, flushKeyStates, live, liveTime }: AdminContext,
  keys: readonly LiveKey[],
  to: ProviderRow,
  target: string,
): AsyncGenerator<{ readonly looked: number; readonly moved: number }> {
  const taken = new Set<string>();
  await forEachInSlices(configuration.inventory.keys.get(to.id)?.values() ?? [], ({ value }) =>
    taken.add(value),
  );
  await flushKeyStates();
  const change = store.changeInSteps(caller);
  const done = { looked: 0, moved: 0 };
  do {
    const chunk = keys.slice(done.looked, done.looked + CHUNK);
    const moving = chunk.filter(({ row }) => !taken.has(row.value) && Boolean(taken.add(row.value)));
    const moved: LiveKey[] = [];
    const epochs = new Map<string, number>();
    await configuration.change(async (editor) => {
      try {
        await eachStep(moving, async (step) => {
          const detail = { to: to.slug, moved: done.moved + moved.length + step.length };
          const said = await change.step(async (write) => {
            const result = await writeMove(write, step, to);
            return {
              entry: { action: 'keys.move', target, detail },
              notes: keyRowsNote(step.map(({ row }) => row)),
              result,
            };
          });
          for (const [id, epoch] of said) epochs.set(id, epoch);
          moved.push(...step);
        });
      } finally {
        editor.removeKeys(moved.map(({ row }) => row));
        editor.addKeys(moved.map((key) => freshRow(key, to.id, liveTime, epochs.get(key.row.id))));
      }
    });
    live.keysRemoved(moved.map(({ row }) => row.id));
    done.looked += chunk.length;
    done.moved += moved.length;
    yield done;
  } while (done.looked < keys.length);
}

/** The provider must not have any of the keys. Returns their epochs. */
export async function writeMove(
  write: StoreWrites,
  keys: readonly { readonly row: ApiKeyRow }[],
  to: ProviderRow,
): Promise<ReadonlyMap<string, number>> {
  const ids = keys.map(({ row }) => row.id);
  await write.keys.moveMany(ids, to.id);
  return write.keys.setStates(ids.map((keyId) => ({ keyId, ...FRESH })));
}

/** What one provider said of a key is nothing to another. */
export function freshRow(
  { row, state }: LiveKey,
  providerId: string,
  time: LiveTime,
  epoch = state.epoch,
): ApiKeyRow {
  return {
    ...row,
    ...FRESH_STATE,
    epoch,
    requestCount: state.requestCount,
    errorCount: state.errorCount,
    lastUsedAt: wallOrNull(time, state.lastUsedAt),
    providerId,
    source: 'dashboard',
    version: row.version + 1,
  };
}
