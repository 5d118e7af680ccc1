import { dialThroughEgress } from '../../balancer/egress/dial-through';
import type { Clock, Random } from '../../balancer/ports';
import type { GatewayProvider } from '../../gateway/config';
import type { Gateway } from '../../gateway/gateway';
import { KeyProbe, type ProbedProvider } from './key-probe';
import { KeyProber } from './probe-keys';
import type { Tasks } from '../../tasks/tasks';
import type { UpstreamClient } from '../../upstream/client';

/** A probe is a short question. A key that needs longer to answer it is of no use. */
const TIMEOUT_MS = 20_000;

/** Lets keys be probed the way the gateway sends requests with them. */
export function createKeyProber(parts: {
  readonly clock: Clock;
  readonly random: Random;
  readonly tasks: Tasks;
  readonly gateway: Pick<Gateway, 'config'>;
  readonly upstream: Pick<UpstreamClient, 'dial'>;
}): KeyProber {
  const { clock, random, tasks, gateway, upstream } = parts;
  const providers = (): GatewayProvider[] => [...gateway.config.providers.values()];
  const probe = new KeyProbe({
    now: () => clock.now(),
    dial(pool, key, request, signal) {
      const target = providers().find((provider) => provider.pool === pool)?.target;
      if (target === undefined)
        return Promise.resolve({ outcome: { kind: 'client_closed' }, answer: undefined });
      const { timeoutMs, idleTimeoutMs } = target;
      const brief = {
        ...target,
        timeoutMs: Math.min(timeoutMs, TIMEOUT_MS),
        idleTimeoutMs: Math.min(idleTimeoutMs, TIMEOUT_MS),
      };
      return dialThroughEgress(
        pool,
        key,
        {
          dial: (egress) => upstream.dial(brief, key, request, signal, egress?.config),
          discard: (answer) => answer.abort(),
        },
        clock,
      );
    },
  });
  return new KeyProber({
    clock,
    random,
    tasks,
    providers: () => providers().map(probedProvider),
    probe: (provider, key, signal) => probe.probe(provider, key, signal),
  });
}

function probedProvider({ isEnabled, pool, target, testModel }: GatewayProvider): ProbedProvider {
  return { isEnabled, pool, baseUrl: target.baseUrl, testModel };
}
