import { describeOutcome } from '../balancer/attempt-trace';
import { dialThroughEgress } from '../balancer/egress/dial-through';
import { unavailableReason } from '../balancer/available';
import type { KeyState } from '../balancer/key-state';
import type { Pool } from '../balancer/pool';
import type { Clock } from '../balancer/ports';
import type { Gateway } from '../gateway/gateway';
import { chatRequest } from '../jobs/key-probe';
import { FIRST_LIMIT } from '../jobs/output-limit';
import type { EgressProbing } from '../jobs/probe-egress';
import { OutageWatch } from '../jobs/watch-outages';
import type { UpstreamAnswer } from '../upstream/answer';
import type { UpstreamClient } from '../upstream/client';

const TICK_MS = 1_000;
/** Whoever needs longer for a word is not back. */
const TIMEOUT_MS = 10_000;

/** Watches over whoever is out, until the signal fires. */
export function watchOutages(parts: {
  readonly clock: Clock;
  readonly gateway: Pick<Gateway, 'config'>;
  readonly upstream: Pick<UpstreamClient, 'dial'>;
  readonly egressProbing: EgressProbing;
  readonly signal: AbortSignal;
}): void {
  const { clock, gateway, upstream, egressProbing, signal } = parts;
  const watch = new OutageWatch({
    now: () => clock.now(),
    providers: () => gateway.config.providers.values(),
    egress: egressProbing,
    signal,
    async ask(pool, model) {
      const provider = [...gateway.config.providers.values()].find((candidate) => candidate.pool === pool);
      const key = keyFor(pool, model, clock.now());
      if (provider === undefined || key === undefined) return undefined;
      const { target, testModel } = provider;
      const brief = {
        ...target,
        timeoutMs: Math.min(target.timeoutMs, TIMEOUT_MS),
        idleTimeoutMs: Math.min(target.idleTimeoutMs, TIMEOUT_MS),
      };
      const request = chatRequest(model === '' ? testModel : model, FIRST_LIMIT);
      const { outcome, answer } = await dialThroughEgress<UpstreamAnswer>(
        pool,
        key.config,
        {
          dial: (egress) => upstream.dial(brief, key.config, request, signal, egress?.config),
          discard: (given) => given.abort(),
        },
        clock,
      );
      answer?.abort();
      return { outcome, detail: describeOutcome(key, outcome) };
    },
  });
  const ticker = setInterval(() => watch.tick(), TICK_MS);
  ticker.unref();
  signal.addEventListener('abort', () => clearInterval(ticker), { once: true });
}

/** One that could be used now, else any that is not disabled: what it is told says whether the provider is there. */
function keyFor(pool: Pool, model: string, now: number): KeyState | undefined {
  const enabled = pool.keys.filter(({ disabled }) => disabled === undefined);
  return enabled.find((key) => unavailableReason(key, model, now) === undefined) ?? enabled[0];
}
