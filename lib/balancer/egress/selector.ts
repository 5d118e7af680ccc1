import type { Random } from '../ports';
import { drawsOf, type EgressBinding, type EgressUser, type ProxiesBinding } from './binding';
import { backAt, isHealthy, isUsable, leastBad, strongest, type Candidate } from './choice';
import { Draws } from './draws';
import { EgressLease } from './lease';
import type { EgressRegistry } from './registry';
import type { EgressState } from './state';

interface Remembered {
  readonly version: number;
  readonly binding: EgressBinding;
  /** Until then nothing that draws the user more can be back. */
  readonly until: number;
  readonly egress: EgressState;
}

type Find = (user: EgressUser) => EgressState | undefined;

const NONE: ReadonlySet<EgressState> = new Set();

/**
 * Who goes through which proxy. Guarantees: who is bound to proxies never goes out without one; a key keeps its
 * proxy as long as that is healthy; only a proxy's own keys move when it fails.
 */
export class EgressSelector {
  /** Each user's choice, for as long as nothing has changed that could change it. */
  readonly #remembered = new WeakMap<EgressUser, Remembered>();

  /** Who goes where when all are well, and where with some left out, by binding. */
  readonly #homes = new WeakMap<ProxiesBinding, Draws>();
  readonly #detours = new WeakMap<ProxiesBinding, Draws>();

  constructor(
    private readonly registry: EgressRegistry,
    private readonly random: Random,
  ) {}

  /**
   * The way out for one attempt: undefined means directly, 'none' that every proxy it may use has been tried or
   * disabled by a person. If no proxy is healthy, the least bad one is taken.
   */
  lease(
    user: EgressUser,
    binding: EgressBinding,
    tried: ReadonlySet<EgressState>,
    now: number,
  ): EgressLease | 'none' | undefined {
    const pinned = this.#pinOf(user);
    if (pinned === undefined && binding.mode === 'direct') return undefined;
    const egress = this.#egressFor(pinned, user, binding, tried, now);
    if (egress === undefined) return 'none';
    const admission = egress.breaker.admit(now);
    // Refused or not, it is the least bad one: there is nothing better to wait for.
    return new EgressLease(egress, typeof admission === 'object' ? admission : undefined);
  }

  /** Whether `lease` would find a way out. */
  hasWay(user: EgressUser, binding: EgressBinding, tried: ReadonlySet<EgressState>): boolean {
    const pinned = this.#pinOf(user);
    return pinned === undefined ? this.hasSharedWay(binding, tried) : isUsable(pinned, tried);
  }

  /** The same for those that are pinned to no proxy. */
  hasSharedWay(binding: EgressBinding, tried: ReadonlySet<EgressState>): boolean {
    if (binding.mode === 'direct') return true;
    return binding.egressIds.some((egressId) => {
      const egress = this.registry.get(egressId);
      return egress !== undefined && isUsable(egress, tried);
    });
  }

  /** The proxy that the user is pinned to rests or is out of use. */
  isPinUnwell(user: EgressUser, now: number): boolean {
    const pinned = this.#pinOf(user);
    return pinned !== undefined && !isHealthy(pinned, now);
  }

  /** Proxies that users are shared out among as things are; at least 1. */
  countWell({ egressIds }: ProxiesBinding, now: number): number {
    let healthy = 0;
    for (const egressId of egressIds) {
      const egress = this.registry.get(egressId);
      if (egress !== undefined && isHealthy(egress, now)) healthy += 1;
    }
    return Math.max(1, healthy);
  }

  /** The proxy that `lease` would take as things are; undefined if it goes out directly or at random. */
  boundTo(user: EgressUser, binding: EgressBinding, now: number): EgressState | undefined {
    const pinned = this.#pinOf(user);
    if (pinned !== undefined) return pinned;
    if (binding.mode === 'direct' || !binding.isSticky) return undefined;
    return this.#choose(user, binding, NONE, now);
  }

  /** Finds the one that draws a user most, well or not; undefined as for `boundTo`. */
  homes(binding: EgressBinding): Find {
    if (binding.mode === 'direct' || !binding.isSticky) return (user) => this.#pinOf(user);
    const isOn = ({ disabled }: EgressState): boolean => disabled?.by !== 'manual';
    const strongest = this.#draws(this.#homes, binding).among(this.#statesOf(binding).filter(isOn));
    return (user) => this.#pinOf(user) ?? strongest(user);
  }

  /** Finds the one that a user goes through with these left out; undefined if there is none. */
  waysAround(binding: EgressBinding, out: ReadonlySet<EgressState>, now: number): Find {
    if (binding.mode === 'direct') return () => undefined;
    const well = this.#statesOf(binding).filter((egress) => !out.has(egress) && isHealthy(egress, now));
    const strongest = this.#draws(this.#detours, binding).among(well);
    return (user) => (this.#pinOf(user) === undefined ? strongest(user) : undefined);
  }

  #draws(of: WeakMap<ProxiesBinding, Draws>, binding: ProxiesBinding): Draws {
    let draws = of.get(binding);
    if (draws === undefined) of.set(binding, (draws = new Draws()));
    return draws;
  }

  #statesOf({ egressIds }: ProxiesBinding): EgressState[] {
    const states: EgressState[] = [];
    for (const egressId of egressIds) {
      const egress = this.registry.get(egressId);
      if (egress !== undefined) states.push(egress);
    }
    return states;
  }

  #pinOf({ egressId }: EgressUser): EgressState | undefined {
    return egressId === undefined ? undefined : this.registry.get(egressId);
  }

  #egressFor(
    pinned: EgressState | undefined,
    user: EgressUser,
    binding: EgressBinding,
    tried: ReadonlySet<EgressState>,
    now: number,
  ): EgressState | undefined {
    if (pinned !== undefined) return isUsable(pinned, tried) ? pinned : undefined;
    return binding.mode === 'direct' ? undefined : this.#choose(user, binding, tried, now);
  }

  #choose(
    user: EgressUser,
    binding: ProxiesBinding,
    tried: ReadonlySet<EgressState>,
    now: number,
  ): EgressState | undefined {
    const known = this.#recall(user, binding, now);
    if (known !== undefined && !tried.has(known)) return known;
    const candidates = this.#candidates(user, binding);
    const best = strongest(candidates, ({ egress }) => isHealthy(egress, now) && !tried.has(egress));
    if (best === undefined) return leastBad(candidates, tried, now);
    // A probe's proxy is chosen for that one request; with some proxies tried, the choice is this request's alone.
    if (binding.isSticky && tried.size === 0 && best.egress.breaker.state === 'closed') {
      this.#remember(user, binding, best, candidates, now);
    }
    return best.egress;
  }

  #recall(user: EgressUser, binding: ProxiesBinding, now: number): EgressState | undefined {
    const known = this.#remembered.get(user);
    const isValid =
      known?.version === this.registry.version && known.binding === binding && known.until > now;
    return isValid ? known.egress : undefined;
  }

  #remember(
    user: EgressUser,
    binding: ProxiesBinding,
    best: Candidate,
    candidates: readonly Candidate[],
    now: number,
  ): void {
    let until = Infinity;
    for (const { egress, score } of candidates) {
      if (score > best.score) until = Math.min(until, backAt(egress, now));
    }
    const { version } = this.registry;
    this.#remembered.set(user, { version, binding, until, egress: best.egress });
  }

  /** With how much each draws the user, or random numbers. */
  #candidates({ keyId }: EgressUser, binding: ProxiesBinding): Candidate[] {
    const drawnBy = binding.isSticky ? drawsOf(keyId) : () => this.random.next();
    return this.#statesOf(binding).map((egress) => ({ egress, score: drawnBy(egress.config.egressId) }));
  }
}
