import type { BalancerEvents } from '../events';
import type { PersonsWord } from '../health/persons-word';
import type { DisabledElsewhere } from '../health/seen-elsewhere';
import type { Random } from '../ports';
import type { Verdict } from '../attempts/verdict';
import type { EgressBinding, EgressUser, ProxiesBinding } from './binding';
import { EgressHealth } from './health';
import type { EgressLease } from './lease';
import { EgressRegistry } from './registry';
import { EgressSelector } from './selector';
import type { EgressCheck, EgressConfig, EgressState, SavedEgressState } from './state';

/**
 * All egress proxies with their live state, and who goes through which. Guarantees: a key that is bound to proxies
 * never goes out without one; a key keeps its proxy as long as that is healthy; only a proxy's own keys move when
 * it fails.
 */
export class Egresses {
  readonly #registry: EgressRegistry;
  readonly #selector: EgressSelector;
  readonly #health: EgressHealth;

  constructor(random: Random, events: BalancerEvents) {
    this.#registry = new EgressRegistry((egress, snapshot) => events.egressBreakerChanged(egress, snapshot));
    this.#selector = new EgressSelector(this.#registry, random);
    this.#health = new EgressHealth(this.#registry, events);
  }

  /** In the order in which they were configured first. */
  get states(): Iterable<EgressState> {
    return this.#registry.states;
  }

  /** Undefined if there is no such proxy, or no longer. */
  get(egressId: string): EgressState | undefined {
    return this.#registry.get(egressId);
  }

  /** Replaces the set of proxies. Those known by `egressId` keep their live state; `saved` gives new ones theirs. */
  configure(
    configs: readonly EgressConfig[],
    saved: (egressId: string) => SavedEgressState | undefined,
  ): void {
    this.#registry.configure(configs, saved);
  }

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
    return this.#selector.lease(user, binding, tried, now);
  }

  /** Whether `lease` would find a way out. */
  hasWay(user: EgressUser, binding: EgressBinding, tried: ReadonlySet<EgressState>): boolean {
    return this.#selector.hasWay(user, binding, tried);
  }

  /** The same for those that are pinned to no proxy. */
  hasSharedWay(binding: EgressBinding, tried: ReadonlySet<EgressState>): boolean {
    return this.#selector.hasSharedWay(binding, tried);
  }

  /** The proxy that the key is pinned to rests or is out of use, so that it had better stand back. */
  isPinUnwell(user: EgressUser, now: number): boolean {
    return this.#selector.isPinUnwell(user, now);
  }

  /** Proxies that keys are shared out among as things are; at least 1. */
  countWell(binding: ProxiesBinding, now: number): number {
    return this.#selector.countWell(binding, now);
  }

  /** The proxy that the key goes through as things are; undefined if it goes out directly or at random. */
  boundTo(user: EgressUser, binding: EgressBinding, now: number): EgressState | undefined {
    return this.#selector.boundTo(user, binding, now);
  }

  /**
   * What an attempt through the proxy, or the end of its answer, tells about the proxy. The first call for a lease
   * answers its probe. `witness` stands for the client request: several attempts of one are no more proof than one.
   */
  settle(
    lease: EgressLease,
    provider: string,
    verdict: Verdict,
    reason: string,
    witness: object,
    now: number,
  ): void {
    this.#health.settle(lease, provider, verdict, reason, witness, now);
  }

  /** The answer came whole: failures before it that may have been the proxy's are forgiven. */
  finished(lease: EgressLease): void {
    this.#health.finished(lease);
  }

  /**
   * A request that was rejected behind the proxy has been served behind another. True if at least three different
   * requests have been since the proxy last served one, and it is not at rest already: then it is to blame.
   */
  contradicted(egress: EgressState, witness: object): boolean {
    return this.#health.contradicted(egress, witness);
  }

  /** It is the proxy's address that is rejected, and not the keys: it rests, whatever the keys did. */
  blame(egress: EgressState, reason: string, now: number): void {
    this.#health.blame(egress, reason, now);
  }

  /**
   * The result of an active check: `failuresMax` failed ones in a row take the proxy out of use, one that passes
   * brings it back unless a person has disabled it. Returns which of these happened.
   */
  checked(egressId: string, check: EgressCheck, failuresMax: number): 'disabled' | 'recovered' | undefined {
    return this.#health.checked(egressId, check, failuresMax);
  }

  /**
   * A question of our own has not come through: by the proxy's own fault, or it says that the far end is not there, or
   * it may be either's.
   */
  askedInVain(egressId: string, at: 'egress' | 'upstream' | 'either', reason: string, now: number): void {
    this.#health.askedInVain(egressId, at, reason, now);
  }

  /**
   * Finds the proxy that draws a key most, well or not: the one it goes through when nothing is wrong. For use at once.
   */
  homes(binding: EgressBinding): (user: EgressUser) => EgressState | undefined {
    return this.#selector.homes(binding);
  }

  /**
   * Finds the proxy that a key goes through if these are out; undefined if it has no other way than they. For use at
   * once.
   */
  waysAround(
    binding: EgressBinding,
    out: ReadonlySet<EgressState>,
    now: number,
  ): (user: EgressUser) => EgressState | undefined {
    return this.#selector.waysAround(binding, out, now);
  }

  /**
   * A person's word, the `epoch`th about it: the reason, or undefined to enable the proxy. It starts afresh. False if
   * it is gone.
   */
  setDisabled(egressId: string, reason: string | undefined, epoch = 0): boolean {
    return this.#health.setDisabled(egressId, reason, epoch);
  }

  /** What a person has said at another instance, unless a newer word is known. */
  learn(egressId: string, word: PersonsWord): boolean {
    return this.#health.learn(egressId, word);
  }

  /** What another instance has found out about the proxy, with its failed checks in a row. True if that is news. */
  adopt(egressId: string, seen: DisabledElsewhere, failures: number): boolean {
    return this.#health.adopt(egressId, seen, failures);
  }
}
