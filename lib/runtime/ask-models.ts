import { describeOutcome } from '../balancer/attempt-trace';
import { dialThroughEgress } from '../balancer/egress/dial-through';
import { newKeyState, type KeyState } from '../balancer/key-state';
import type { Pool } from '../balancer/pool';
import type { Clock } from '../balancer/ports';
import type { ModelsAnswer } from '../admin/context';
import type { Gateway } from '../gateway/gateway';
import { parsedBriefly } from '../openai/json-fields';
import type { UpstreamAnswer } from '../upstream/answer';
import type { UpstreamClient } from '../upstream/client';
import { readText } from '../upstream/read-text';
import type { UpstreamRequest } from '../upstream/target';

const TIMEOUT_MS = 20_000;
const LIMITS = { bytesMax: 4 * 2 ** 20, timeoutMs: TIMEOUT_MS };
const REQUEST: UpstreamRequest = {
  method: 'GET',
  path: '/models',
  rawHeaders: ['accept', 'application/json'],
  body: undefined,
};

/**
 * Asks a provider for its models because a person wants to know, with its headers and through its proxies. Says nothing to
 * the pool. A provider without keys is asked without one: it may be one that needs none.
 */
export function createModelsQuestion(parts: {
  readonly clock: Clock;
  readonly gateway: Pick<Gateway, 'config'>;
  readonly upstream: Pick<UpstreamClient, 'dial'>;
  readonly pools: ReadonlyMap<string, Pool>;
}): (providerId: string, signal: AbortSignal) => Promise<ModelsAnswer> {
  const { clock, gateway, upstream, pools } = parts;
  return async (providerId, signal) => {
    const pool = pools.get(providerId);
    const provider = [...gateway.config.providers.values()].find((candidate) => candidate.pool === pool);
    if (pool === undefined || provider === undefined) return nothing('The provider is gone.', 0);
    const key = keyFor(pool, provider.modelRequestKey, clock.now());
    const keyHint = key.config.secret === '' ? undefined : key.config.hint;
    const target = { ...provider.target, timeoutMs: Math.min(provider.target.timeoutMs, TIMEOUT_MS) };
    const startMs = performance.now();
    const { outcome, answer } = await dialThroughEgress<UpstreamAnswer>(
      pool,
      key.config,
      {
        dial: (egress) => upstream.dial(target, key.config, REQUEST, signal, egress?.config),
        discard: (given) => given.abort(),
      },
      clock,
    );
    const latencyMs = performance.now() - startMs;
    const told = describeOutcome(key, outcome);
    if (answer === undefined) {
      return { ...nothing(told ?? `no answer (${outcome.kind})`, latencyMs), keyHint };
    }
    const { status } = answer;
    if (status >= 300) {
      answer.abort();
      const error = told === undefined ? `answered with status ${status}` : `answered with ${told}`;
      return { status, latencyMs, json: undefined, error, keyHint };
    }
    const json = parsedBriefly((await readText(answer, { ...LIMITS, signal })) ?? '');
    return { status, latencyMs, json, error: undefined, keyHint };
  };
}

function nothing(error: string, latencyMs: number): ModelsAnswer {
  return { status: undefined, latencyMs, json: undefined, error, keyHint: undefined };
}

/** The key for models, else the one most likely to be good. */
function keyFor(
  pool: Pool,
  modelRequestKey: { readonly secret: string; readonly hint: string } | undefined,
  now: number,
): KeyState {
  if (modelRequestKey !== undefined) return newKeyState({ keyId: 'models', weight: 1, ...modelRequestKey });
  const isWell = (key: KeyState): boolean => key.disabled === undefined && key.cooldown.until <= now;
  const known = pool.keys.find(isWell) ?? pool.keys.find((key) => key.disabled === undefined) ?? pool.keys[0];
  return known ?? newKeyState({ keyId: 'none', weight: 1, secret: '', hint: '' });
}
