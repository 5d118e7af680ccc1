import type { BreakerSnapshot } from '../health/breaker';
import { newEgressState, type EgressConfig, type EgressState, type SavedEgressState } from './state';

/** All egress proxies with their live state. */
export class EgressRegistry {
  readonly #states = new Map<string, EgressState>();
  #version = 0;

  constructor(private readonly onBreakerChange: (egress: EgressState, snapshot: BreakerSnapshot) => void) {}

  /** In the order in which they were configured first. */
  get states(): Iterable<EgressState> {
    return this.#states.values();
  }

  /** Undefined if there is no such proxy, or no longer. */
  get(egressId: string): EgressState | undefined {
    return this.#states.get(egressId);
  }

  /** Grows with every change that may decide which proxy is chosen: what was chosen at this version still holds. */
  get version(): number {
    return this.#version;
  }

  /** Whether a proxy may be used has changed. */
  changed(): void {
    this.#version += 1;
  }

  /** Replaces the set of proxies. Those known by `egressId` keep their live state; `saved` gives new ones theirs. */
  configure(
    configs: readonly EgressConfig[],
    saved: (egressId: string) => SavedEgressState | undefined,
  ): void {
    const gone = new Set(this.#states.keys());
    for (const config of configs) {
      gone.delete(config.egressId);
      const known = this.#states.get(config.egressId);
      if (known !== undefined) known.config = config;
      else this.#states.set(config.egressId, this.#create(config, saved(config.egressId)));
    }
    for (const egressId of gone) this.#states.delete(egressId);
    this.changed();
  }

  #create(config: EgressConfig, saved: SavedEgressState | undefined): EgressState {
    const egress: EgressState = newEgressState(config, saved, (snapshot) => {
      this.changed();
      this.onBreakerChange(egress, snapshot);
    });
    return egress;
  }
}
