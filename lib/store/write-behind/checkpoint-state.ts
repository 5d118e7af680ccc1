import type { KeyChange } from '../../balancer/events';
import { savedStateOf, type KeyState } from '../../balancer/pool/key-state';
import type { KeyStateChange } from '../rows';
import type { KeyStore } from '../keys/keys';
import type { Receipt } from '../database/receipts';
import { newReceipt } from '../database/receipts';

const WRITE_MS = 1_000;
/** Counters alone are written this many times less often. */
const COUNTERS_EVERY = 15;
/** For one write, which is done as a whole or not at all. */
const KEYS_MAX = 200;

type Field = 'disabled' | 'failures' | 'cooldowns';

/** What a change may have changed. The rest is left as it is in the database, where somebody else may have set it. */
const FIELDS: Readonly<Record<KeyChange, readonly Field[]>> = {
  used: [],
  rested: ['cooldowns'],
  penalised: ['failures', 'cooldowns'],
  disabled: ['disabled', 'failures', 'cooldowns'],
  recovered: ['disabled', 'failures', 'cooldowns'],
  forgiven: ['disabled', 'failures', 'cooldowns'],
  reset: ['disabled', 'failures', 'cooldowns'],
  enabled: ['disabled', 'failures'],
};

interface Noted {
  readonly fields: Set<Field>;
  isByPerson: boolean;
}

interface Batch {
  readonly changes: readonly KeyStateChange[];
  readonly receipt: Receipt;
}

/** The time of the live state, and what the wall clock says at it. */
export interface StateTime {
  now(): number;
  wallOf(at: number): number;
}

/**
 * Writes the keys' live state behind the traffic, field by field: what a restart must not lose within a second, mere counters, which
 * are added to what is there, within fifteen. A failed write is repeated as it was before anything newer, and counts once.
 */
export class StateWriter {
  readonly #urgent = new Map<KeyState, Noted>();
  readonly #counted = new Set<KeyState>();
  #failed: Batch | undefined;
  #rounds = 0;
  #writing: Promise<void> | undefined;
  readonly #timer: NodeJS.Timeout;

  constructor(
    private readonly keys: Pick<KeyStore, 'saveStates'>,
    private readonly time: StateTime,
    private readonly onError: (error: unknown) => void,
  ) {
    this.#timer = setInterval(() => {
      this.#rounds += 1;
      void this.#write(this.#rounds % COUNTERS_EVERY === 0);
    }, WRITE_MS);
    this.#timer.unref();
  }

  note(key: KeyState, change: KeyChange): void {
    if (change === 'used') {
      this.#counted.add(key);
      return;
    }
    const noted = this.#urgent.get(key) ?? { fields: new Set<Field>(), isByPerson: false };
    for (const field of FIELDS[change]) noted.fields.add(field);
    // The newest reason of a key that stays out.
    if (change === 'penalised' && key.disabled?.by === 'auto') noted.fields.add('disabled');
    if (change === 'reset' || change === 'enabled' || key.disabled?.by === 'manual') noted.isByPerson = true;
    this.#urgent.set(key, noted);
  }

  /** Everything noted so far is written, or has failed and been reported. */
  async flush(): Promise<void> {
    await this.#writing;
    await this.#write(true);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }

  async #write(withCounters: boolean): Promise<void> {
    if (this.#writing !== undefined) return this.#writing;
    this.#writing = this.#save(withCounters).finally(() => {
      this.#writing = undefined;
    });
    return this.#writing;
  }

  async #save(withCounters: boolean): Promise<void> {
    try {
      if (this.#failed !== undefined) await this.#put(this.#failed);
      // A person may have changed all keys at once: a batch is made when the one before it is written.
      let left = this.#urgent.size + (withCounters ? this.#counted.size : 0);
      for (let batch = this.#next(withCounters, left); batch; batch = this.#next(withCounters, left)) {
        left -= batch.changes.length;
        await this.#put(batch);
      }
    } catch (error) {
      this.onError(error);
    }
  }

  async #put(batch: Batch): Promise<void> {
    this.#failed = batch;
    await this.keys.saveStates(batch.changes, batch.receipt);
    this.#failed = undefined;
  }

  /** What is to be written next of what was noted, urgent things first. */
  #next(withCounters: boolean, left: number): Batch | undefined {
    const most = Math.min(KEYS_MAX, left);
    const changes: KeyStateChange[] = [];
    for (const [key, noted] of this.#urgent) {
      if (changes.length >= most) break;
      this.#urgent.delete(key);
      changes.push(stateChange(key, noted, this.time));
    }
    for (const key of withCounters ? this.#counted : []) {
      if (changes.length >= most) break;
      this.#counted.delete(key);
      const counts = takeCounts(key, this.time);
      if (counts !== undefined) changes.push({ keyId: key.config.keyId, counts });
    }
    return changes.length === 0
      ? undefined
      : { changes, receipt: newReceipt(this.time.wallOf(this.time.now())) };
  }
}

function stateChange(key: KeyState, { fields, isByPerson }: Noted, time: StateTime): KeyStateChange {
  const { disabled, failures, cooldownUntil, modelCooldowns } = savedStateOf(key, time.now());
  const untilOfModels = Object.entries(modelCooldowns).map(([model, until]) => [model, time.wallOf(until)]);
  const counts = takeCounts(key, time);
  return {
    keyId: key.config.keyId,
    ...(fields.has('disabled') && { disabled: disabled ?? null, isByPerson }),
    ...(fields.has('failures') && { failures }),
    ...(fields.has('cooldowns') && {
      cooldowns: {
        cooldownUntil: cooldownUntil === 0 ? null : time.wallOf(cooldownUntil),
        modelCooldowns: Object.fromEntries(untilOfModels) as Record<string, number>,
      },
    }),
    ...(counts !== undefined && { counts }),
  };
}

/** What has been counted since the last call; from now on it is the caller's to write it down. */
function takeCounts(key: KeyState, time: StateTime): KeyStateChange['counts'] {
  const requests = key.requestCount - key.savedRequestCount;
  const errors = key.errorCount - key.savedErrorCount;
  if (requests === 0 && errors === 0) return undefined;
  key.savedRequestCount = key.requestCount;
  key.savedErrorCount = key.errorCount;
  const wallOrNull = (at: number | undefined): number | null => (at === undefined ? null : time.wallOf(at));
  return {
    requests,
    errors,
    lastUsedAt: wallOrNull(key.lastUsedAt),
    lastErrorAt: wallOrNull(key.lastErrorAt),
    lastErrorStatus: key.lastErrorStatus ?? null,
  };
}
