import { Counter, type Registry } from 'prom-client';
import type { BalancerEvents } from '../balancer/events';

/** Counts what happens to keys, breakers and proxies, and passes each event on. */
export function countEvents(registry: Registry, next: BalancerEvents): BalancerEvents {
  const registers = [registry];
  const keyChanges = new Counter({
    name: 'openai_balance_key_changes_total',
    help: 'What happened to keys: rested, penalised, disabled, recovered, forgiven, reset, enabled',
    labelNames: ['provider', 'change'],
    registers,
  });
  const openings = new Counter({
    name: 'openai_balance_provider_breaker_openings_total',
    help: 'Times that the breaker of the provider opened',
    labelNames: ['provider'],
    registers,
  });
  const sharedCauses = new Counter({
    name: 'openai_balance_shared_causes_total',
    help: 'Times that several keys failed alike, so that not they but what is named by culprit was to blame',
    labelNames: ['provider', 'culprit'],
    registers,
  });
  const proxyOpenings = new Counter({
    name: 'openai_balance_proxy_breaker_openings_total',
    help: 'Times that the breaker of an egress proxy opened',
    registers,
  });
  return {
    keyChanged(provider, key, change) {
      // Only counters moved: it comes with every request and says nothing new.
      if (change !== 'used') keyChanges.inc({ provider, change });
      next.keyChanged(provider, key, change);
    },
    probeWanted: (provider, key) => next.probeWanted(provider, key),
    breakerChanged(provider, breaker) {
      if (breaker.state === 'open') openings.inc({ provider });
      next.breakerChanged(provider, breaker);
    },
    sharedCause(provider, reason, keys, egress) {
      sharedCauses.inc({ provider, culprit: egress === undefined ? 'provider' : 'proxy' });
      next.sharedCause(provider, reason, keys, egress);
    },
    egressChanged: (egress, change) => next.egressChanged(egress, change),
    egressBreakerChanged(egress, breaker) {
      if (breaker.state === 'open') proxyOpenings.inc();
      next.egressBreakerChanged(egress, breaker);
    },
  };
}
