import type { SettingRecord } from './reconcile';

/** Keeps what could not be saved and tries it again with the next change; one save runs at a time. */
export interface Saver {
  /** Settles after an attempt to save these records and the ones left over. Never rejects. */
  save(records: readonly SettingRecord[]): Promise<void>;
  /** Runs `work`, which saves records itself, while no other save does. Rejects as `work` does. */
  inTurn(work: () => Promise<readonly SettingRecord[]>): Promise<void>;
}

export function createSaver(
  saveMany: (records: readonly SettingRecord[]) => Promise<void>,
  onSaveError: (error: unknown) => void,
): Saver {
  const unsaved = new Map<string, SettingRecord>();
  let last = Promise.resolve();

  const flush = async () => {
    const batch = [...unsaved.values()];
    if (batch.length === 0) return;
    try {
      await saveMany(batch);
    } catch (error) {
      onSaveError(error);
      return;
    }
    for (const record of batch) {
      // A newer record of the same name may have come meanwhile; that one is still to be saved.
      if (unsaved.get(record.name) === record) unsaved.delete(record.name);
    }
  };

  return {
    save(records) {
      for (const record of records) unsaved.set(record.name, record);
      last = last.then(flush);
      return last;
    },
    inTurn(work) {
      const done = last.then(async () => {
        for (const { name } of await work()) unsaved.delete(name);
      });
      // What is left over of others is tried again with this one, as with any.
      last = done.then(flush, () => undefined);
      return done;
    },
  };
}
