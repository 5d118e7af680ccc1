import pLimit, { type LimitFunction } from 'p-limit';
import type { KeyState } from '../../balancer/pool/key-state';
import type { Pool } from '../../balancer/pool/pool';
import type { Clock, Random } from '../../balancer/ports';
import type { ProbedProvider, ProbeResult } from './key-probe';
import { ReportBuilder, type ProbeReport } from './probe-report';
import type { Task } from '../../tasks/tasks';

export interface ProbeRunPorts {
  readonly clock: Clock;
  readonly random: Random;
  /** The providers of this moment. */
  readonly providers: () => readonly ProbedProvider[];
  readonly probe: (provider: ProbedProvider, key: KeyState, signal: AbortSignal) => Promise<ProbeResult>;
}

export interface ProbeRunOptions {
  /** Nobody asked for it: only keys that the program disabled are touched, and providers in trouble are left alone. */
  readonly isScheduled: boolean;
  /** Between the beginnings of two probes, half as much more or less. */
  readonly gapMs: number;
}

const PER_PROVIDER_MAX = 4;
const OVERALL_MAX = 8;
/** So many alike failures without one alive are taken for one cause. */
const SHARED_MIN = 3;
export const SHARED_CAUSE = 'its traffic shows that several keys fail alike, so it may not be the keys';
/** A scheduled run leaves a provider alone after so many probes in a row that proved nothing. */
const UNPROVEN_IN_A_ROW_MAX = 10;

/** Limits that all runs share. */
export class ProbeSlots {
  readonly #overall = pLimit(OVERALL_MAX);
  readonly #ofPool = new WeakMap<Pool, LimitFunction>();

  use<T>(pool: Pool, work: () => Promise<T>): Promise<T> {
    let limit = this.#ofPool.get(pool);
    if (limit === undefined) this.#ofPool.set(pool, (limit = pLimit(PER_PROVIDER_MAX)));
    return limit(() => this.#overall(work));
  }
}

interface Rejection {
  readonly key: KeyState;
  readonly result: Extract<ProbeResult, { outcome: 'rejected' }>;
}

/** The keys of one provider that a run is about. */
interface Batch {
  readonly pool: Pool;
  readonly queue: KeyState[];
  alive: number;
  rejected: number;
  unprovenInARow: number;
  readonly statuses: Set<number>;
  /** Rejected keys of the rotation whose fate depends on how the others fare. */
  readonly undecided: Rejection[];
  /** Why the rest of the provider's keys is left alone. */
  skipReason: string | undefined;
}

/** Probes a selection of keys once, a few at a time, and draws the conclusions. */
export class ProbeRun {
  readonly #report = new ReportBuilder();
  #done = 0;
  #nextStartAt = 0;

  constructor(
    private readonly ports: ProbeRunPorts,
    private readonly slots: ProbeSlots,
    private readonly task: Task,
    private readonly options: ProbeRunOptions,
  ) {}

  /** Returns what there is so far when the task is cancelled. */
  async run(keys: ReadonlyMap<Pool, readonly KeyState[]>): Promise<ProbeReport> {
    await Promise.all([...keys].map(([pool, ofPool]) => this.#runBatch(newBatch(pool, ofPool))));
    if (this.task.signal.aborted) this.#report.note('cancelled before all keys were probed');
    return this.#report.build();
  }

  async #runBatch(batch: Batch): Promise<void> {
    await Promise.all(Array.from({ length: PER_PROVIDER_MAX }, () => this.#work(batch)));
    this.#decide(batch);
  }

  async #work(batch: Batch): Promise<void> {
    const { signal } = this.task;
    while (!signal.aborted) {
      const key = batch.queue.pop();
      if (key === undefined) return;
      const reason = this.#reasonToSkip(batch, key);
      if (reason === undefined) {
        await this.#pace();
        await this.slots.use(batch.pool, () => this.#probe(batch, key));
      } else this.#tell(batch, 'skipped', reason, key);
    }
  }

  #reasonToSkip(batch: Batch, key: KeyState): string | undefined {
    if (!this.options.isScheduled) return undefined;
    if (key.disabled?.by !== 'auto') return 'not disabled any more';
    if (batch.skipReason === undefined) {
      batch.skipReason = this.#trouble(batch);
      if (batch.skipReason !== undefined) {
        this.#report.note(`provider '${batch.pool.config.provider}' is left alone: ${batch.skipReason}`);
      }
    }
    return batch.skipReason;
  }

  #trouble({ pool, unprovenInARow }: Batch): string | undefined {
    const { state, openUntil = 0, reason } = pool.breaker;
    // Without traffic nothing closes a breaker whose rest is over; that must not keep its keys out for ever.
    if (state === 'open' && openUntil > this.ports.clock.now())
      return `its breaker is open (${reason ?? 'failures'})`;
    return unprovenInARow >= UNPROVEN_IN_A_ROW_MAX
      ? `${unprovenInARow} probes in a row proved nothing`
      : undefined;
  }

  /** Waits until the gap since the last beginning is over. */
  async #pace(): Promise<void> {
    const { clock, random } = this.ports;
    const { gapMs } = this.options;
    if (gapMs === 0) return;
    const now = clock.now();
    const startAt = Math.max(now, this.#nextStartAt);
    this.#nextStartAt = startAt + gapMs * (0.5 + random.next());
    if (startAt > now) await clock.sleep(startAt - now, this.task.signal);
  }

  async #probe(batch: Batch, key: KeyState): Promise<void> {
    const { pool } = batch;
    const provider = this.ports.providers().find((candidate) => candidate.pool === pool);
    if (provider === undefined || pool.key(key.config.keyId) !== key) {
      return this.#tell(batch, 'skipped', 'removed meanwhile', key);
    }
    const result = await this.ports.probe(provider, key, this.task.signal);
    if (result.outcome === 'cancelled') {
      if (!this.task.signal.aborted) this.#tell(batch, 'skipped', 'removed meanwhile', key);
      return;
    }
    this.#tell(batch, result.outcome, textOf(result, key), key);
    batch.unprovenInARow = result.outcome === 'unproven' ? batch.unprovenInARow + 1 : 0;
    if (result.outcome === 'alive') this.#alive(batch, key);
    if (result.outcome === 'rejected') this.#rejected(batch, { key, result });
  }

  #alive(batch: Batch, key: KeyState): void {
    batch.alive += 1;
    this.#conclude(batch.pool, key, { isAlive: true });
    // A working key proves that the provider is up.
    this.#decide(batch);
  }

  #rejected(batch: Batch, rejection: Rejection): void {
    batch.rejected += 1;
    batch.statuses.add(rejection.result.status);
    const { key } = rejection;
    if (key.disabled !== undefined || this.options.isScheduled) this.#reject(batch.pool, rejection, false);
    else batch.undecided.push(rejection);
    if (batch.alive > 0) this.#decide(batch);
  }

  /** Takes rejected keys out of the rotation, unless everything looks as if it were not the keys. */
  #decide(batch: Batch): void {
    if (batch.undecided.length === 0) return;
    const undecided = batch.undecided.splice(0);
    const doubt = this.#doubt(batch);
    if (doubt !== undefined) {
      const { provider } = batch.pool.config;
      this.#report.note(`${undecided.length} rejected keys of '${provider}' stay in the rotation: ${doubt}`);
      return;
    }
    for (const rejection of undecided) this.#reject(batch.pool, rejection, true);
  }

  /** Why it may not be the keys. */
  #doubt({ pool, alive, rejected, statuses }: Batch): string | undefined {
    if (isSharedCause(pool)) return SHARED_CAUSE;
    if (alive > 0) return undefined;
    if (this.task.signal.aborted) return 'it was cancelled before any key was found alive';
    const areAlike = rejected >= SHARED_MIN && statuses.size === 1;
    return areAlike ? 'all keys were rejected alike, so it may not be the keys' : undefined;
  }

  #reject(pool: Pool, { key, result: { status, reason } }: Rejection, mayDisable: boolean): void {
    this.#conclude(pool, key, { isAlive: false, status, reason, mayDisable });
  }

  #conclude(pool: Pool, key: KeyState, proof: Parameters<Pool['probed']>[1]): void {
    const effect = pool.probed(key.config.keyId, proof, this.ports.clock.now());
    if (effect !== 'recovered' && effect !== 'disabled') return;
    this.#report[effect] += 1;
    this.task.count(effect);
  }

  #tell(batch: Batch, outcome: Parameters<ReportBuilder['add']>[1], text: string, key: KeyState): void {
    this.#report.add(batch.pool.config.provider, outcome, text, key);
    this.task.count(outcome);
    this.#done += 1;
    this.task.progress(this.#done);
  }
}

/** The pool's traffic has shown just now that several keys fail alike. */
export function isSharedCause({ breaker }: Pool): boolean {
  return breaker.state !== 'closed' && breaker.cause === 'shared_cause';
}

export function textOf(result: Exclude<ProbeResult, { outcome: 'cancelled' }>, key: KeyState): string {
  if (result.outcome !== 'alive') return result.reason;
  const text = result.by === 'models' ? 'may list the models' : 'answers the test model';
  return key.disabled?.by === 'manual' ? `${text}; stays disabled, because a person disabled it` : text;
}

function newBatch(pool: Pool, keys: readonly KeyState[]): Batch {
  return {
    pool,
    queue: [...keys].reverse(),
    alive: 0,
    rejected: 0,
    unprovenInARow: 0,
    statuses: new Set(),
    undecided: [],
    skipReason: undefined,
  };
}
