import type { EgressState } from '../balancer/egress/state';
import type { Pool } from '../balancer/pool';
import { judge, type Outcome } from '../balancer/verdict';
import type { EgressProbing } from './probe-egress';

/** From the last word of traffic to a question of our own, and from one question to the next. */
const SILENCE_MS = 3_000;
/** Tests of proxies at a time; each may hang until its time is up. */
const TESTS_MAX = 10;
/** Questions to one provider at a time: one that hangs must not keep the next from seeing that it is over. */
const QUESTIONS_MAX = 4;

/** How a question to a provider ended, with its trouble in words. */
export interface Asked {
  readonly outcome: Outcome;
  readonly detail: string | undefined;
}

export interface WatchedProvider {
  readonly pool: Pool;
  readonly isEnabled: boolean;
}

export interface WatchPorts {
  readonly now: () => number;
  readonly providers: () => Iterable<WatchedProvider>;
  /** Asks the provider for the shortest answer of the model, the way its requests go. Undefined if it has no key. Never rejects. */
  readonly ask: (pool: Pool, model: string, signal: AbortSignal) => Promise<Asked | undefined>;
  readonly egress: EgressProbing;
  readonly signal: AbortSignal;
}

interface Questions {
  pending: number;
  lastAt: number;
}

/**
 * Finds out when a provider or a proxy that is out is back though no traffic tells: every few seconds it asks those, and
 * nobody else. So nobody is out for longer than its outage, and a first failed dial is soon proved or forgotten.
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
    const outage = isEnabled ? pool.outage.current(now) : undefined;
    if (outage === undefined) return;
    const asked = this.#asked.get(pool) ?? { pending: 0, lastAt: -Infinity };
    this.#asked.set(pool, asked);
    const silentMs = now - Math.max(asked.lastAt, pool.outage.triedAt);
    if (silentMs < SILENCE_MS || asked.pending >= QUESTIONS_MAX) return;
    asked.lastAt = now;
    asked.pending += 1;
    void this.#ask(pool, outage.seen.model).finally(() => (asked.pending -= 1));
  }

  async #ask(pool: Pool, model: string): Promise<void> {
    const { ask, now, signal } = this.ports;
    const answer = await ask(pool, model, signal);
    if (answer === undefined || signal.aborted) return;
    pool.askedAfter(answer.outcome, judge(answer.outcome), model, answer.detail, now());
  }

  #lookAfter(egress: EgressState, now: number): void {
    const { disabled, trouble, breaker } = egress;
    if (disabled?.by === 'manual') return;
    // A ban of the address does not show in a test.
    if (disabled === undefined && breaker.snapshot.cause === 'shared_cause') return;
    if (disabled === undefined && trouble === undefined && breaker.state === 'closed') return;
    const lastAt = Math.max(this.#testedAt.get(egress) ?? -Infinity, trouble?.at ?? -Infinity);
    if (now - lastAt < SILENCE_MS || this.#tests.has(egress) || this.#tests.size >= TESTS_MAX) return;
    this.#testedAt.set(egress, now);
    const test = this.#test(egress).finally(() => this.#tests.delete(egress));
    this.#tests.set(egress, test);
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
