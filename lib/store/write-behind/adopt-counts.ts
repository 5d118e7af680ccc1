import type { KeyState } from '../../balancer/pool/key-state';

/** What the database holds of a key. Times are those of the live state. */
export interface CountsNow {
  readonly id: string;
  readonly requestCount: number;
  readonly errorCount: number;
  readonly lastUsedAt: number | undefined;
  readonly lastErrorAt: number | undefined;
  readonly lastErrorStatus: number | undefined;
}

/**
 * Gives the keys the counts that the database holds, and on top what is counted here and not written. A key whose
 * counts are in doubt, or are taken to be written while they are read, stays as it is: nobody could say whether what
 * was read has them in it. Returns the keys whose counts are others than before.
 */
export async function adoptCounts(
  keys: readonly KeyState[],
  inDoubt: ReadonlySet<string>,
  read: (keyIds: readonly string[]) => Promise<readonly CountsNow[]>,
): Promise<KeyState[]> {
  const known = new Map(
    keys
      .filter(({ config }) => !inDoubt.has(config.keyId))
      .map((key) => [
        key.config.keyId,
        { key, requests: key.savedRequestCount, errors: key.savedErrorCount },
      ]),
  );
  if (known.size === 0) return [];
  const changed: KeyState[] = [];
  for (const counts of await read([...known.keys()])) {
    const before = known.get(counts.id);
    if (before === undefined) continue;
    const { key, requests, errors } = before;
    if (key.savedRequestCount !== requests || key.savedErrorCount !== errors) continue;
    if (adopt(key, counts)) changed.push(key);
  }
  return changed;
}

function adopt(key: KeyState, counts: CountsNow): boolean {
  const requests = counts.requestCount - key.savedRequestCount;
  const errors = counts.errorCount - key.savedErrorCount;
  key.requestCount += requests;
  key.savedRequestCount = counts.requestCount;
  key.errorCount += errors;
  key.savedErrorCount = counts.errorCount;
  if (isLater(counts.lastUsedAt, key.lastUsedAt)) key.lastUsedAt = counts.lastUsedAt;
  if (isLater(counts.lastErrorAt, key.lastErrorAt)) {
    key.lastErrorAt = counts.lastErrorAt;
    key.lastErrorStatus = counts.lastErrorStatus;
  }
  return requests !== 0 || errors !== 0;
}

function isLater(at: number | undefined, than = -Infinity): boolean {
  return at !== undefined && at > than;
}
