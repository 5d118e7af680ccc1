import type { BalancerEvents } from '../../balancer/events';

/** Passes the events of the pools to its listeners, in the order in which they were added. */
export class EventHub implements BalancerEvents {
  readonly #listeners: BalancerEvents[] = [];

  add(listener: BalancerEvents): void {
    this.#listeners.push(listener);
  }

  readonly keyChanged: BalancerEvents['keyChanged'] = (provider, key, change) => {
    for (const listener of this.#listeners) listener.keyChanged(provider, key, change);
  };

  readonly probeWanted: BalancerEvents['probeWanted'] = (provider, key) => {
    for (const listener of this.#listeners) listener.probeWanted(provider, key);
  };

  readonly breakerChanged: BalancerEvents['breakerChanged'] = (provider, breaker) => {
    for (const listener of this.#listeners) listener.breakerChanged(provider, breaker);
  };

  readonly sharedCause: BalancerEvents['sharedCause'] = (provider, reason, keys, egress) => {
    for (const listener of this.#listeners) listener.sharedCause(provider, reason, keys, egress);
  };

  readonly egressChanged: BalancerEvents['egressChanged'] = (egress, change) => {
    for (const listener of this.#listeners) listener.egressChanged(egress, change);
  };

  readonly egressBreakerChanged: BalancerEvents['egressBreakerChanged'] = (egress, breaker) => {
    for (const listener of this.#listeners) listener.egressBreakerChanged(egress, breaker);
  };
}
