import { describeOutcome } from '../balancer/attempts/attempt-trace';
import type { EgressBinding } from '../balancer/egress/binding';
import { dialThroughEgress, type EgressRoute } from '../balancer/egress/dial-through';
import type { Egresses } from '../balancer/egress/egresses';
import { newKeyState, type KeyState } from '../balancer/pool/key-state';
import type { Pool } from '../balancer/pool/pool';
import type { Clock } from '../balancer/ports';
import type { Gateway } from '../gateway/gateway';
import { PAGE } from '../openai/errors/error-evidence';
import { parsedBriefly } from '../openai/json/json-fields';
import { keyHint } from '../balancer/attribution/key-hint';
import type { UpstreamAnswer } from '../upstream/answer/answer';
import type { UpstreamClient } from '../upstream/client';
import { SPEAKS_PLAIN_HTTP } from '../upstream/dial/failure';
import { readText } from '../upstream/answer/read-text';
import type { UpstreamRequest, UpstreamTarget } from '../upstream/target';

/** How a question to a provider went. */
export interface ModelsAnswer {
  /** Undefined if there was no answer. */
  readonly status: number | undefined;
  readonly latencyMs: number;
  /** The JSON of an answer with status 2xx; undefined if it was none. */
  readonly json: unknown;
  /** It is a page for a browser. */
  readonly isPage?: boolean;
  /** https was asked for, and the server speaks plain http. */
  readonly isPlainHttp?: boolean;
  /** What went wrong, in words and without the key. */
  readonly error: string | undefined;
  /** Hint of the key that was used. */
  readonly keyHint: string | undefined;
}

const TIMEOUT_MS = 20_000;
const LIMITS = { bytesMax: 4 * 2 ** 20, timeoutMs: TIMEOUT_MS };
const REQUEST: UpstreamRequest = {
  method: 'GET',
  path: '/models',
  rawHeaders: ['accept', 'application/json'],
  body: undefined,
};

interface Parts {
  readonly clock: Clock;
  readonly upstream: Pick<UpstreamClient, 'dial'>;
}

interface Question {
  readonly route: EgressRoute;
  readonly target: UpstreamTarget;
  readonly key: KeyState;
}

/**
 * Asks a provider for its models because a person wants to know, with its headers and through its proxies. Says nothing
 * to the pool. A provider without keys is asked without a key: it may not need one.
 */
export function createModelsQuestion(
  parts: Parts & {
    readonly gateway: Pick<Gateway, 'config'>;
    readonly pools: ReadonlyMap<string, Pool>;
  },
): (providerId: string, signal: AbortSignal) => Promise<ModelsAnswer> {
  const { clock, gateway, pools } = parts;
  return async (providerId, signal) => {
    const pool = pools.get(providerId);
    const provider = [...gateway.config.providers.values()].find((candidate) => candidate.pool === pool);
    if (pool === undefined || provider === undefined) return nothing('The provider is gone.', 0);
    const key = keyFor(pool, provider.modelRequestKey, clock.now());
    const target = { ...provider.target, timeoutMs: Math.min(provider.target.timeoutMs, TIMEOUT_MS) };
    return askFor({ route: pool, target, key }, parts, signal);
  };
}

/** An address that no provider has yet, and how it takes a key. */
export interface AskedAddress extends Pick<UpstreamTarget, 'baseUrl' | 'auth' | 'query'> {
  readonly secret: string;
}

/** Names the connections to addresses that are only looked at. No provider can have this slug. */
const CHECKED = '(address check)';

/** Asks an address that no provider has yet, the way that a new provider's requests would go. */
export function createAddressQuestion(
  parts: Parts & {
    readonly egresses: Egresses;
    readonly sharedBinding: () => EgressBinding;
    readonly customHeaders: () => Readonly<Record<string, string>>;
  },
): (address: AskedAddress, signal: AbortSignal) => Promise<ModelsAnswer> {
  const { egresses, sharedBinding, customHeaders } = parts;
  return ({ baseUrl, secret, auth, query }, signal) => {
    const route = { egresses, config: { provider: CHECKED, egress: sharedBinding() } };
    const target = {
      provider: CHECKED,
      baseUrl,
      customHeaders: customHeaders(),
      auth,
      query,
      timeoutMs: TIMEOUT_MS,
      idleTimeoutMs: TIMEOUT_MS,
    };
    const key = newKeyState({ keyId: 'none', weight: 1, secret, hint: keyHint(secret) });
    return askFor({ route, target, key }, parts, signal);
  };
}

async function askFor(
  { route, target, key }: Question,
  { clock, upstream }: Parts,
  signal: AbortSignal,
): Promise<ModelsAnswer> {
  const hint = key.config.secret === '' ? undefined : key.config.hint;
  const startMs = performance.now();
  const { outcome, answer } = await dialThroughEgress<UpstreamAnswer>(
    route,
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
    const isPlainHttp = told?.includes(SPEAKS_PLAIN_HTTP) ?? false;
    return { ...nothing(told ?? `no answer (${outcome.kind})`, latencyMs), isPlainHttp, keyHint: hint };
  }
  const { status } = answer;
  if (status >= 300) {
    answer.abort();
    const error = told === undefined ? `answered with status ${status}` : `answered with ${told}`;
    const isPage = outcome.kind === 'answer' && (outcome.facts.message?.startsWith(PAGE) ?? false);
    return { status, latencyMs, json: undefined, isPage, error, keyHint: hint };
  }
  const json = parsedBriefly((await readText(answer, { ...LIMITS, signal })) ?? '');
  return { status, latencyMs, json, error: undefined, keyHint: hint };
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
