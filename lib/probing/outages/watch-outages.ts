import type { EgressState } from '../../balancer/egress/state';
import type { SeenFailure } from '../../balancer/health/outage';
import type { Asked } from '../../balancer/health/outage-proof';
import type { Pool } from '../../balancer/pool/pool';
import { canRepeat } from './outage-question';
import type { EgressProbing } from '../egress/probe-egress';

/** From the last word of traffic to a question of our own. */
const SILENCE_MS = 3_000;
/** From the first failed dial through a proxy to its test, whatever traffic there is, and from that to the next. */
const DOUBT_MS = 1_000;
/** From one question to the next: longer each time, and short enough to see within 10 s that an outage is over. */
const LONGER = 1.5;
const SILENCE_MS_MAX = 6_000;
/** Tests of proxies at a time; each may hang until its time is up. */
const TESTS_MAX = 10;

export interface WatchedProvider {
  readonly pool: Pool;
  readonly isEnabled: boolean;
}

export interface WatchPorts {
  readonly now: () => number;
  readonly providers: () => Iterable<WatchedProvider>;
  /**
   * Asks the provider what had failed, the way its requests go. Undefined if no key may be used for it. Never rejects.
   */
  readonly ask: (pool: Pool, seen: SeenFailure, signal: AbortSignal) => Promise<Asked | undefined>;
  readonly egress: EgressProbing;
  readonly signal: AbortSignal;
}

interface Questions {
  isPending: boolean;
  lastAt: number;
  /** From the last one to the next. */
  waitMs: number;
}

/**
 * Finds out when a provider or a proxy that is out is back though no traffic tells: every few seconds it asks those,
 * and nobody else. So nobody is out for longer than its outage, and a first failed dial is soon proved or forgotten.
 */
export class OutageWatch {
  readonly #asked = new WeakMap<Pool, Questions>();
  readonly #tests = new Map<EgressState, Promise<void>>();
  readonly #testedAt = new WeakMap<EgressState, number>();

  constructor(private readonly ports: WatchPorts) {}

  /** Call it about once a second. */
  tick(): void {
    const now = this.ports.now();
    for (const provider of this.ports.providers()) this.#lookAt(provider, now);
    for (const egress of this.ports.egress.egresses.states) this.#lookAfter(egress, now);
  }

  #lookAt({ pool, isEnabled }: WatchedProvider, now: number): void {
    const known = this.#asked.get(pool);
    if (!isEnabled || !pool.outage.isInQuestion(now)) {
      if (known?.isPending !== true) this.#asked.delete(pool);
      return;
    }
    const asked = known ?? { isPending: false, lastAt: -Infinity, waitMs: SILENCE_MS };
    this.#asked.set(pool, asked);
    const { isPending, lastAt, waitMs } = asked;
    if (isPending || now - pool.outage.triedAt < SILENCE_MS || now - lastAt < waitMs) return;
    if (lastAt !== -Infinity) asked.waitMs = Math.min(waitMs * LONGER, SILENCE_MS_MAX);
    asked.lastAt = now;
    asked.isPending = true;
    void this.#askAfter(pool, now).finally(() => (asked.isPending = false));
  }

  /**
   * One question after the other: an outage is over when all that had failed is answered, and nothing has failed
   * meanwhile.
   */
  async #askAfter(pool: Pool, startedAt: number): Promise<void> {
    const { ask, now, signal } = this.ports;
    const { failures } = pool.outage;
    const repeatable = failures.filter(canRepeat);
    for (const seen of repeatable.length > 0 ? repeatable : failures.slice(0, 1)) {
      const asked = await ask(pool, seen, signal);
      if (asked === undefined || signal.aborted) return;
      if (pool.askedAfter(seen, asked, now()) !== 'back') return;
    }
    if (pool.outage.failedAt <= startedAt) pool.recovered();
  }

  #lookAfter(egress: EgressState, now: number): void {
    const { disabled, trouble, breaker } = egress;
    if (disabled?.by === 'manual') return;
    // A ban of the address does not show in a test.
    if (disabled === undefined && breaker.snapshot.cause === 'shared_cause') return;
    if (disabled === undefined && trouble === undefined && breaker.state === 'closed') return;
    if (
      now < this.#testAt(egress, this.#testedAt.get(egress) ?? -Infinity) ||
      this.#tests.has(egress) ||
      this.#tests.size >= TESTS_MAX
    )
      return;
    this.#testedAt.set(egress, now);
    const test = this.#test(egress).finally(() => this.#tests.delete(egress));
    this.#tests.set(egress, test);
  }

  /** As long as nobody knows, soon: seldom traffic must not put it off, or be what it takes to find out. */
  #testAt({ breaker, disabled, trouble }: EgressState, testedAt: number): number {
    const isInDoubt = breaker.state === 'closed' && disabled === undefined && trouble !== undefined;
    if (isInDoubt) return Math.max(testedAt, trouble.since) + DOUBT_MS;
    return Math.max(testedAt, trouble?.at ?? -Infinity) + SILENCE_MS;
  }

  async #test(egress: EgressState): Promise<void> {
    const { signal } = this.ports;
    const { egresses, reach, now, failuresMax, onChange } = this.ports.egress;
    const { egressId } = egress.config;
    const { error, at = 'upstream', isOwnTrouble, latencyMs, status } = await reach(egress, signal);
    if (signal.aborted || isOwnTrouble === true) return;
    if (error !== undefined) {
      egresses.askedInVain(egressId, at, error, now());
      return;
    }
    const change = egresses.checked(egressId, { at: now(), latencyMs, status, error }, failuresMax());
    if (change !== undefined) onChange(egress, change);
  }
}
