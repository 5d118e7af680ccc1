import type { KeyChange } from '../balancer/events';
import { savedStateOf, type KeyState } from '../balancer/key-state';
import type { KeyStateRow, KeyStore } from '../store';

const WRITE_MS = 1_000;
/** Counters alone are written this many times less often. */
const COUNTERS_EVERY = 15;
const ROWS_MAX = 1_000;

/** The time of the live state, and what the wall clock says at it. */
export interface StateTime {
  now(): number;
  wallOf(at: number): number;
}

/**
 * Writes the keys' live state behind the traffic: what a restart must not lose within a second, mere counters within
 * fifteen. A failed write is repeated with the next one.
 */
export class StateWriter {
  #urgent = new Map<string, KeyState>();
  #counted = new Map<string, KeyState>();
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
    (change === 'used' ? this.#counted : this.#urgent).set(key.config.keyId, key);
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
    const batch = this.#urgent;
    this.#urgent = new Map();
    if (withCounters) {
      for (const [keyId, key] of this.#counted) batch.set(keyId, key);
      this.#counted = new Map();
    }
    if (batch.size === 0) return;
    this.#writing = this.#save(batch).finally(() => {
      this.#writing = undefined;
    });
    return this.#writing;
  }

  async #save(batch: Map<string, KeyState>): Promise<void> {
    const keys = [...batch.values()];
    let saved = 0;
    try {
      // A person may have changed all keys at once: their rows are made as they are written.
      for (; saved < keys.length; saved += ROWS_MAX) {
        const rows = keys.slice(saved, saved + ROWS_MAX).map((key) => stateRow(key, this.time));
        await this.keys.saveStates(rows);
      }
    } catch (error) {
      for (const key of keys.slice(saved)) {
        const { keyId } = key.config;
        if (!this.#urgent.has(keyId)) this.#urgent.set(keyId, key);
      }
      this.onError(error);
    }
  }
}

function stateRow(key: KeyState, time: StateTime): KeyStateRow {
  const saved = savedStateOf(key, time.now());
  const wallOrNull = (at: number | undefined): number | null => (at === undefined ? null : time.wallOf(at));
  const modelCooldowns = Object.entries(saved.modelCooldowns).map(
    ([model, until]) => [model, time.wallOf(until)] as const,
  );
  return {
    keyId: key.config.keyId,
    isDisabled: saved.disabled !== undefined,
    disabledBy: saved.disabled?.by ?? null,
    reason: saved.disabled?.reason ?? null,
    failures: saved.failures,
    cooldownUntil: saved.cooldownUntil === 0 ? null : time.wallOf(saved.cooldownUntil),
    modelCooldowns: Object.fromEntries(modelCooldowns),
    requestCount: saved.requestCount,
    errorCount: saved.errorCount,
    lastUsedAt: wallOrNull(saved.lastUsedAt),
    lastErrorAt: wallOrNull(saved.lastErrorAt),
    lastErrorStatus: saved.lastErrorStatus ?? null,
  };
}
