import { runAttempts, type LoopResult } from '../../balancer/attempts/attempt-loop';
import { dialThroughEgress } from '../../balancer/egress/dial-through';
import type { Pool } from '../../balancer/pool/pool';
import type { Clock, Random, StopSignal } from '../../balancer/ports';
import type { RequestTrace } from '../../balancer/attempts/trace';
import { VERDICTS } from '../../balancer/attempts/verdict';
import { parsedBriefly } from '../../openai/json/json-fields';
import type { ModelFilter } from '../../openai/models/model-filter';
import { modelIdOf, modelsOf, withModels } from '../../openai/models/model-list';
import type { UpstreamAnswer } from '../../upstream/answer/answer';
import type { UpstreamClient } from '../../upstream/client';
import { readText } from '../../upstream/answer/read-text';
import type { UpstreamRequest, UpstreamTarget } from '../../upstream/target';
import type { GatewayProvider } from '../config';
import { endedTrace } from '../record/ended-trace';
import { gatewayError, type GatewayError } from '../answer/errors';
import { errorOfFailure } from '../answer/refuse';
import { Stop } from '../../balancer/stop';

const FRESH_MS = 60_000;
/** While an upstream is down its stale list is served, and the upstream asked again only this often. */
const RETRY_MS = 5_000;
const TIMEOUT_MS = 20_000;
/** Lists that are kept as they are served; each may take some hundred kilobytes. */
const SERVED_MAX = 16;
/** What takes longer to parse would hold everybody up. */
const LIST_BYTES_MAX = 4 * 2 ** 20;
const REQUEST: UpstreamRequest = {
  method: 'GET',
  path: '/models',
  rawHeaders: ['accept', 'application/json'],
  body: undefined,
  expects: 'answer',
};
/** A request waits so long for a list that nobody has asked for yet. */
const HAS_WAIT_MS = 2_000;
const NO_TRACE: RequestTrace = { attempts: [], skippedProviders: [] };

export type ModelListResult = { readonly trace: RequestTrace } & (
  | {
      readonly kind: 'listed';
      /** The upstream's list as JSON, without the models that are not served here. */
      readonly list: string;
      /** One model of it, as JSON. */
      readonly find: (id: string) => string | undefined;
      /** The models of it. */
      readonly models: readonly unknown[];
      /** The list with these models in the place of its own, as JSON. */
      readonly withModels: (models: readonly unknown[]) => string;
    }
  /** `isAnswered`: the upstream did answer, so its own words are worth more than ours. */
  | { readonly kind: 'failed'; readonly error: GatewayError; readonly isAnswered: boolean }
);

interface Entry {
  readonly baseUrl: string;
  readonly json: unknown;
  /** The names in it; made when they are first asked for. */
  names?: ReadonlySet<string>;
  /** What was made of it lately, by the filter. */
  readonly served: Map<ModelFilter, Served>;
  /** Milliseconds since the epoch. */
  askAgainAt: number;
}

interface Served {
  readonly list: string;
  readonly models: readonly unknown[];
  readonly find: (id: string) => string | undefined;
}

type Fetched =
  | { readonly ok: true; readonly entry: Entry; readonly trace: RequestTrace }
  | {
      readonly ok: false;
      readonly error: GatewayError;
      readonly isAnswered: boolean;
      readonly trace: RequestTrace;
    };

/** The providers' model lists: kept for 60 s, and served stale for as long as the upstream is down. */
export class ModelLists {
  readonly #entries = new Map<string, Entry>();
  readonly #running = new Map<string, Promise<Fetched>>();
  /** What is waited for; it stays until the fetching ends, so that nobody waits a second time. */
  readonly #awaited = new Map<string, Promise<Entry | undefined>>();
  /** Until when a list that could not be had is not asked for again; milliseconds since the epoch. */
  readonly #inVain = new Map<string, number>();

  constructor(
    private readonly ports: {
      readonly clock: Clock;
      readonly random: Random;
      readonly upstream: Pick<UpstreamClient, 'dial'>;
      /** Where the pool's keys are for at this moment; undefined if the pool is out of use. */
      readonly targetOf?: (pool: Pool) => UpstreamTarget | undefined;
    },
  ) {}

  async list(provider: GatewayProvider, filtered: ModelFilter): Promise<ModelListResult> {
    const known = this.#known(provider);
    const now = this.ports.clock.now();
    if (known !== undefined && known.askAgainAt > now) return listed(known, filtered, NO_TRACE);

    const fetched = await this.#fetchOnce(provider);
    if (fetched.ok) return listed(fetched.entry, filtered, fetched.trace);
    if (known === undefined) {
      const { error, isAnswered, trace } = fetched;
      return { kind: 'failed', error, isAnswered, trace };
    }
    known.askAgainAt = this.ports.clock.now() + RETRY_MS;
    return listed(known, filtered, fetched.trace);
  }

  /**
   * Whether the provider has a model of that whole name, as far as its list is known, which may be an old one. One that
   * is not known is asked for, once, and all wait for it together for a moment; then it has none. Never rejects.
   */
  has(provider: GatewayProvider, model: string): boolean | Promise<boolean> {
    const known = this.#known(provider);
    const now = this.ports.clock.now();
    if (known !== undefined) {
      if (known.askAgainAt <= now) void this.#refresh(provider, known);
      return namesIn(known).has(model);
    }
    if ((this.#inVain.get(provider.slug) ?? 0) > now) return false;
    const awaited = this.#awaited.get(idOf(provider)) ?? this.#await(provider);
    return awaited.then((entry) => entry !== undefined && namesIn(entry).has(model));
  }

  /** Resolves with undefined if the list cannot be had, or takes too long. */
  #await(provider: GatewayProvider): Promise<Entry | undefined> {
    const id = idOf(provider);
    const waited = new Stop();
    const fetching = this.#fetchOnce(provider).then((fetched) => {
      waited.abort();
      this.#awaited.delete(id);
      if (fetched.ok) return fetched.entry;
      this.#inVain.set(provider.slug, this.ports.clock.now() + FRESH_MS);
      return undefined;
    });
    const tooLong = this.ports.clock.sleep(HAS_WAIT_MS, waited).then(() => undefined);
    const first = Promise.race([fetching, tooLong]);
    this.#awaited.set(id, first);
    return first;
  }

  async #refresh(provider: GatewayProvider, known: Entry): Promise<void> {
    known.askAgainAt = this.ports.clock.now() + RETRY_MS;
    await this.#fetchOnce(provider);
  }

  keepOnly(providers: ReadonlyMap<string, GatewayProvider>): void {
    for (const slug of this.#entries.keys()) if (!providers.has(slug)) this.#entries.delete(slug);
    this.#inVain.clear();
  }

  #known({ slug, target }: GatewayProvider): Entry | undefined {
    const entry = this.#entries.get(slug);
    return entry?.baseUrl === target.baseUrl ? entry : undefined;
  }

  /** Requests that come while one is on its way share its result. */
  #fetchOnce(provider: GatewayProvider): Promise<Fetched> {
    const id = idOf(provider);
    const running = this.#running.get(id);
    // Its attempts are told by the request that it was started for.
    if (running !== undefined) return running.then((fetched) => ({ ...fetched, trace: NO_TRACE }));
    // Not the first client's own signal: others may be waiting too.
    const fetching = this.#fetch(provider, new Stop()).finally(() => this.#running.delete(id));
    this.#running.set(id, fetching);
    return fetching;
  }

  async #fetch(provider: GatewayProvider, signal: StopSignal): Promise<Fetched> {
    const { slug, pool } = provider;
    const { upstream } = this.ports;
    const byOwnKey = await this.#fetchByOwnKey(provider, signal);
    if (byOwnKey !== undefined) return byOwnKey;
    const result = await runAttempts<UpstreamAnswer>(
      { method: 'GET', path: REQUEST.path, model: '', affinity: undefined, signal },
      [{ pool }],
      {
        dial: (_pool, { key, egress }) => {
          const target = brief(this.ports.targetOf?.(pool) ?? provider.target);
          return upstream.dial(target, key.config, REQUEST, signal, egress?.egress.config);
        },
        discard: (answer) => answer.abort(),
      },
      this.ports,
    );
    const { trace } = result;
    switch (result.kind) {
      case 'commit':
        return this.#readCommitted(provider, result);
      case 'pass_through': {
        const { status } = result.answer;
        result.answer.abort();
        const message = `Provider '${slug}' answered with status ${status} for its models.`;
        return { ok: false, error: gatewayError('upstream_unreachable', message), isAnswered: true, trace };
      }
      case 'failed':
      case 'shortage':
        return {
          ok: false,
          error: errorOfFailure(result, slug, pool.breaker.reason),
          isAnswered: false,
          trace,
        };
      case 'client_closed':
        throw new Error('unreachable: nothing aborts the fetching of models');
    }
  }

  /** By the provider's key for models, if it has one; undefined if that brings no list. */
  async #fetchByOwnKey(provider: GatewayProvider, signal: StopSignal): Promise<Fetched | undefined> {
    const { slug, pool, modelRequestKey, target } = provider;
    if (modelRequestKey === undefined) return undefined;
    const { upstream, clock } = this.ports;
    const { answer } = await dialThroughEgress(
      pool,
      { keyId: `models of ${slug}` },
      {
        dial: (egress) => upstream.dial(brief(target), modelRequestKey, REQUEST, signal, egress?.config),
        discard: (one) => one.abort(),
      },
      clock,
    );
    if (answer !== undefined && answer.status < 300) {
      return this.#keep(provider, await readText(answer, { bytesMax: LIST_BYTES_MAX }), NO_TRACE);
    }
    // A dead key for models must not take the list away: the pool's keys can read it too.
    answer?.abort();
    return undefined;
  }

  async #readCommitted(
    provider: GatewayProvider,
    { lease, answer, trace }: Extract<LoopResult<UpstreamAnswer>, { kind: 'commit' }>,
  ): Promise<Fetched> {
    const text = await readText(answer, { bytesMax: LIST_BYTES_MAX });
    const isWhole = text !== undefined;
    const error = 'the list broke off';
    provider.pool.finish(lease, isWhole ? 'whole' : VERDICTS.cut, error, this.ports.clock.now());
    const { startMs = 0, durationMs = 0 } = trace.attempts.at(-1) ?? {};
    const ending = { verdict: VERDICTS.cut.name, error, endMs: startMs + durationMs };
    return this.#keep(provider, text, isWhole ? trace : endedTrace(trace, ending));
  }

  /** `text` is undefined if the answer broke off. */
  #keep(provider: GatewayProvider, text: string | undefined, trace: RequestTrace): Fetched {
    const json = text === undefined ? undefined : parsedBriefly(text);
    if (json === undefined) {
      const message = `Provider '${provider.slug}' answered with a list of models that cannot be read.`;
      return {
        ok: false,
        error: gatewayError('upstream_incomplete_answer', message),
        isAnswered: false,
        trace,
      };
    }
    const entry: Entry = {
      baseUrl: provider.target.baseUrl,
      json,
      served: new Map(),
      askAgainAt: this.ports.clock.now() + FRESH_MS,
    };
    this.#entries.set(provider.slug, entry);
    return { ok: true, entry, trace };
  }
}

function idOf({ slug, target }: GatewayProvider): string {
  return `${slug} ${target.baseUrl}`;
}

function namesIn(entry: Entry): ReadonlySet<string> {
  entry.names ??= new Set(modelsOf(entry.json)?.flatMap((model) => modelIdOf(model) ?? []));
  return entry.names;
}

function brief(target: UpstreamTarget): UpstreamTarget {
  return { ...target, timeoutMs: Math.min(target.timeoutMs, TIMEOUT_MS) };
}

function listed(entry: Entry, filtered: ModelFilter, trace: RequestTrace): ModelListResult {
  const served = entry.served.get(filtered) ?? servedOf(entry.json, filtered);
  keepLately(entry.served, filtered, served);
  const { list, find, models } = served;
  const withOthers = (others: readonly unknown[]) => JSON.stringify(withModels(entry.json, others));
  return { kind: 'listed', list, find, models, withModels: withOthers, trace };
}

/** Each token may have a list of its own. */
function keepLately(all: Entry['served'], filtered: ModelFilter, served: Served): void {
  all.delete(filtered);
  all.set(filtered, served);
  for (const oldest of all.keys()) {
    if (all.size <= SERVED_MAX) break;
    all.delete(oldest);
  }
}

function servedOf(json: unknown, filtered: ModelFilter): Served {
  const models = modelsOf(json);
  const isServed = (model: unknown): boolean => {
    const id = modelIdOf(model);
    return id === undefined || !filtered.has(id);
  };
  const served = models?.filter(isServed);
  const list = served === undefined ? json : withModels(json, served);
  return {
    list: JSON.stringify(list),
    models: served ?? [],
    find: (id) => {
      const model = served?.find((one) => modelIdOf(one) === id);
      return model === undefined ? undefined : JSON.stringify(model);
    },
  };
}
