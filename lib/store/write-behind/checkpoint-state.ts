import type { KeyChange } from '../../balancer/events';
import { savedStateOf, usesVersion, type KeyState, type SavedKeyState } from '../../balancer/pool/key-state';
import type { KeyStateChange } from '../rows';
import type { KeyStore } from '../keys/keys';
import { adoptCounts, type CountsNow } from './adopt-counts';
import { NamedBatches } from './named-batches';
import { WriteRounds } from './write-rounds';

/** Under traffic there is a write in so long, of all that has come meanwhile. */
const WRITE_MS = 1_000;
/** After a quiet time so many writes of what was used of limits come sooner: the first at once, */
const SOONER = 8;
/** and each other one after so long, with what has come along. */
const ALONG_MS = 50;
/** Counters alone. */
const COUNTERS_MS = 15_000;

/** What others must not use any more, or may use again. */
const SWITCHED_MS = 250;

type Field = 'disabled' | 'failures' | 'cooldowns' | 'eased' | 'uses';

/** What a change may have changed. The rest stays as it is in the database, where another process may have set it. */
const FIELDS: Readonly<Record<KeyChange, readonly Field[]>> = {
  used: [],
  rested: ['cooldowns'],
  penalised: ['failures', 'cooldowns'],
  disabled: ['disabled', 'failures', 'cooldowns'],
  recovered: ['disabled', 'failures', 'cooldowns'],
  forgiven: ['disabled', 'failures', 'cooldowns', 'eased'],
  reset: ['disabled', 'failures', 'cooldowns', 'eased'],
  enabled: ['disabled', 'failures'],
  learnt: [],
  adopted: [],
};

/** The time of the live state, and what the wall clock says at it. */
export interface StateTime {
  now(): number;
  wallOf(at: number): number;
}

/**
 * Writes the keys' live state behind the traffic, field by field: what a restart must not lose within a second; what a
 * key used of its limits sooner as long as little comes, so that hardly a crash is between a request and its note; mere
 * counters, which are added to what is there, within fifteen. A failed write is
 * repeated as it was before anything newer, and counts once. What a person says is written by whoever takes it; a state
 * that was seen before somebody spoke is not written over it.
 */
export class StateWriter {
  readonly #urgent = new Map<KeyState, Set<Field>>();
  readonly #counted = new Set<KeyState>();
  #countedSince = 0;
  #haveUses = false;
  #isSwitched = false;
  /** Whose state a change is, until it is written. */
  readonly #keyOf = new WeakMap<KeyStateChange, KeyState>();
  /** When a write of uses may begin: by those of the last seconds, and by the last one. */
  #writesAt = -Infinity;
  #followsAt = -Infinity;
  readonly #batches: NamedBatches<KeyStateChange>;
  readonly #rounds: WriteRounds<'urgent' | 'all'>;

  constructor(
    keys: Pick<KeyStore, 'saveStates'>,
    private readonly time: StateTime,
    onError: (error: unknown) => void,
    /** The name of this process: what it has used is kept apart from what others have. */
    private readonly self?: string,
  ) {
    this.#batches = new NamedBatches(
      async (changes, receipt) => {
        await keys.saveStates(changes, receipt);
        for (const change of changes) this.#written(change);
      },
      () => time.wallOf(time.now()),
    );
    this.#rounds = new WriteRounds({
      write: (scope) => this.#write(scope === 'all'),
      due: () => this.#due(),
      onError,
    });
  }

  note(key: KeyState, change: KeyChange): void {
    if (change === 'adopted') return;
    if (change === 'used') this.#noteCounts(key);
    if (change === 'learnt') this.#forgetState(key);
    else if (change !== 'used' || haveUsesChanged(key)) this.#noteUrgent(key, change);
    this.#rounds.noted();
  }

  /** Everything noted so far is written, or has failed and been reported. */
  async flush(): Promise<void> {
    await this.#rounds.next('all').catch(() => undefined);
  }

  /**
   * Takes over what all processes have counted of these keys, as `read` finds it in the database, each request once:
   * what is counted here and not written yet is added to it. Returns the keys of which that is news.
   */
  adoptCounts(
    keys: readonly KeyState[],
    read: (keyIds: readonly string[]) => Promise<readonly CountsNow[]>,
  ): Promise<KeyState[]> {
    const inDoubt = this.#batches.inDoubt.flatMap(({ keyId, counts }) =>
      counts === undefined ? [] : [keyId],
    );
    return adoptCounts(keys, new Set(inDoubt), read);
  }

  async close(): Promise<void> {
    this.#rounds.close();
    await this.flush();
  }

  #noteCounts(key: KeyState): void {
    if (this.#counted.size === 0) this.#countedSince = performance.now();
    this.#counted.add(key);
  }

  #noteUrgent(key: KeyState, change: KeyChange): void {
    const fields = this.#urgent.get(key) ?? new Set<Field>();
    for (const field of FIELDS[change]) fields.add(field);
    if (fields.has('disabled') && isSwitched(key)) {
      this.#isSwitched = true;
      // It is well again, and what it rested for is over.
      if (key.disabled === undefined) fields.add('eased');
    }
    if (haveUsesChanged(key)) {
      fields.add('uses');
      this.#haveUses = true;
    }
    // The newest reason of a key that stays out.
    if (change === 'penalised' && key.disabled?.by === 'auto') fields.add('disabled');
    this.#urgent.set(key, fields);
  }

  /** What it was is of no account any more, and what it is stands in the database. */
  #forgetState(key: KeyState): void {
    const fields = this.#urgent.get(key);
    if (fields === undefined) return;
    if (fields.has('uses')) this.#urgent.set(key, new Set<Field>(['uses']));
    else this.#urgent.delete(key);
    // A failure that was to be written with its state counts all the same.
    this.#noteCounts(key);
  }

  #due() {
    if (this.#urgent.size > 0 || this.#batches.hasFailed)
      return { inMs: this.#urgentInMs, scope: this.#areCountersDue() ? 'all' : 'urgent' } as const;
    if (this.#counted.size === 0) return undefined;
    const inMs = Math.max(0, this.#countedSince + COUNTERS_MS - performance.now());
    return { inMs, scope: 'all' } as const;
  }

  get #urgentInMs(): number {
    if (this.#batches.hasFailed) return WRITE_MS;
    const switchedMs = this.#isSwitched ? SWITCHED_MS : WRITE_MS;
    if (!this.#haveUses) return switchedMs;
    return Math.min(switchedMs, this.#usesInMs);
  }

  get #usesInMs(): number {
    return Math.max(0, Math.max(this.#writesAt, this.#followsAt) - performance.now());
  }

  #areCountersDue(): boolean {
    return this.#counted.size > 0 && performance.now() - this.#countedSince >= COUNTERS_MS - WRITE_MS;
  }

  #write(withCounters: boolean): Promise<void> {
    const now = performance.now();
    this.#haveUses = false;
    this.#isSwitched = false;
    this.#writesAt = Math.max(this.#writesAt, now - (SOONER - 1) * WRITE_MS) + WRITE_MS;
    this.#followsAt = now + ALONG_MS;
    return this.#batches.writeAll(
      () => this.#urgent.size + (withCounters ? this.#counted.size : 0),
      (most) => this.#take(withCounters, most),
    );
  }

  /** What is to be written next of what was noted, urgent things first. */
  #take(withCounters: boolean, most: number): KeyStateChange[] {
    const changes: KeyStateChange[] = [];
    for (const [key, fields] of this.#urgent) {
      if (changes.length >= most) break;
      this.#urgent.delete(key);
      const change = stateChange(key, fields, this.time, this.self);
      this.#keyOf.set(change, key);
      changes.push(change);
    }
    for (const key of withCounters ? this.#counted : []) {
      if (changes.length >= most) break;
      this.#counted.delete(key);
      const counts = takeCounts(key, this.time);
      if (counts !== undefined) changes.push({ keyId: key.config.keyId, counts });
    }
    return changes;
  }

  #written(change: KeyStateChange): void {
    const key = this.#keyOf.get(change);
    if (key !== undefined && change.disabled !== undefined)
      key.writtenDisabled = change.disabled ?? undefined;
  }
}

function isSwitched({ disabled, writtenDisabled }: KeyState): boolean {
  return (disabled === undefined) !== (writtenDisabled === undefined);
}

function haveUsesChanged(key: KeyState): boolean {
  return usesVersion(key) !== key.writtenUses;
}

/** What stands in the database already is not written again: others may have changed it meanwhile. */
function disabledOf({ disabled, writtenDisabled }: KeyState): Pick<KeyStateChange, 'disabled'> {
  return disabled === writtenDisabled ? {} : { disabled: disabled ?? null };
}

type Rests = Pick<KeyStateChange, 'cooldowns' | 'isEased'>;

function restsOf(saved: SavedKeyState, fields: ReadonlySet<Field>, time: StateTime): Rests {
  return { cooldowns: cooldownsOf(saved, time), ...(fields.has('eased') && { isEased: true }) };
}

function stateChange(
  key: KeyState,
  fields: ReadonlySet<Field>,
  time: StateTime,
  self: string | undefined,
): KeyStateChange {
  const saved = savedStateOf(key, time.now());
  // Counters of a key that was only used can wait.
  const isOfUsesAlone = fields.size === 1 && fields.has('uses');
  const counts = isOfUsesAlone ? undefined : takeCounts(key, time);
  if (fields.has('uses')) key.writtenUses = usesVersion(key);
  return {
    keyId: key.config.keyId,
    ...(!isOfUsesAlone && { epoch: key.epoch }),
    ...(fields.has('disabled') && disabledOf(key)),
    ...(fields.has('failures') && { failures: saved.failures }),
    ...(fields.has('cooldowns') && restsOf(saved, fields, time)),
    ...(fields.has('uses') && { uses: saved.uses ?? null, ...(self !== undefined && { usesBy: self }) }),
    ...(counts !== undefined && { counts }),
  };
}

function cooldownsOf(
  { cooldownUntil, modelCooldowns }: SavedKeyState,
  time: StateTime,
): NonNullable<KeyStateChange['cooldowns']> {
  const untilOfModels = Object.entries(modelCooldowns).map(([model, until]) => [model, time.wallOf(until)]);
  return {
    cooldownUntil: cooldownUntil === 0 ? null : time.wallOf(cooldownUntil),
    modelCooldowns: Object.fromEntries(untilOfModels) as Record<string, number>,
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
