import { describeOutcome, type Dialed } from '../balancer/attempt-loop';
import type { KeyConfig, KeyState } from '../balancer/key-state';
import { describeFailure } from '../balancer/penalty';
import type { Pool } from '../balancer/pool';
import { judge, type ErrorFacts, type Outcome } from '../balancer/verdict';
import { isQuotaExhausted, readUpstreamError } from '../openai/errors';
import { modelsOf } from '../openai/model-list';
import type { UpstreamAnswer } from '../upstream/answer';
import { readText } from '../upstream/read-text';
import type { UpstreamRequest } from '../upstream/target';
import { FIRST_LIMIT, nextLimit } from './output-limit';

/** A provider, as far as probing its keys goes. */
export interface ProbedProvider {
  readonly isEnabled: boolean;
  readonly pool: Pool;
  readonly baseUrl: string;
  readonly testModel: string;
}

export type ProbeKey = Pick<KeyConfig, 'keyId' | 'secret' | 'hint' | 'egressId'>;

export interface ProbePorts {
  readonly now: () => number;
  /** Sends a request of ours the way the pool's provider is asked at this moment. Never rejects. */
  dial(
    pool: Pool,
    key: ProbeKey,
    request: UpstreamRequest,
    signal: AbortSignal,
  ): Promise<Dialed<UpstreamAnswer>>;
}

export type ProbeResult =
  /** The provider let the key list the models, or answer a question. */
  | { readonly outcome: 'alive'; readonly by: 'models' | 'chat' }
  | { readonly outcome: 'rejected'; readonly status: number; readonly reason: string }
  /** What came back says nothing about the key. */
  | { readonly outcome: 'unproven'; readonly reason: string }
  /** The signal fired, or the key is not there any more. */
  | { readonly outcome: 'cancelled' };

/** `unclear`: the upstream understood us differently, and another question may tell more. */
type Judged =
  | ProbeResult
  | 'success'
  | { readonly outcome: 'unclear'; readonly error: ErrorFacts | undefined; readonly reason: string };

interface Probing {
  readonly provider: ProbedProvider;
  readonly key: KeyState;
  readonly signal: AbortSignal;
}

const MODELS: UpstreamRequest = {
  method: 'GET',
  path: '/models',
  rawHeaders: ['accept', 'application/json'],
  body: undefined,
};
/** No provider ever gave this out. */
const NO_KEY: ProbeKey = { keyId: '', secret: 'sk-not-a-key-just-asking-whether-you-check', hint: 'no key' };
const BODY = { bytesMax: 4 * 2 ** 20, timeoutMs: 20_000 };
const CHAT_TRIES_MAX = 3;
const PUBLIC_MS = 600_000;
/** When the upstream did not say whether its list is public. */
const PUBLIC_UNKNOWN_MS = 60_000;
const CANCELLED: ProbeResult = { outcome: 'cancelled' };

/**
 * Tests keys, each at its own provider only. Listing the models costs nothing and comes first; where that proves nothing, the
 * test model is asked for the shortest answer it gives.
 */
export class KeyProbe {
  readonly #publicLists = new WeakMap<
    Pool,
    { readonly baseUrl: string; readonly answer: Promise<boolean | undefined>; until: number }
  >();

  constructor(private readonly ports: ProbePorts) {}

  /** Changes nothing of the key. Never rejects. */
  async probe(provider: ProbedProvider, key: KeyState, signal: AbortSignal): Promise<ProbeResult> {
    const probing = { provider, key, signal };
    return (await this.#askModels(probing)) ?? (await this.#askChat(probing));
  }

  /** Undefined if the chat has to be asked. */
  async #askModels(probing: Probing): Promise<ProbeResult | undefined> {
    const { provider, key, signal } = probing;
    const dialed = await this.#dial(probing, MODELS);
    if (dialed === undefined) return CANCELLED;
    const judged = judgeOutcome(key, dialed.outcome);
    if (judged !== 'success') {
      dialed.answer?.abort();
      if (judged.outcome === 'unclear') return undefined;
      return judged.outcome === 'rejected' && mayOnlyNotList(judged.reason) ? undefined : judged;
    }
    const isList = await isModelList(dialed.answer, signal);
    if (signal.aborted) return CANCELLED;
    if (!isList || lacksMoney(key)) return undefined;
    return (await this.#isListPublic(provider, signal)) === false
      ? { outcome: 'alive', by: 'models' }
      : undefined;
  }

  async #askChat(probing: Probing): Promise<ProbeResult> {
    const { key, provider, signal } = probing;
    let limit = FIRST_LIMIT;
    for (let tries = 1; ; tries += 1) {
      const dialed = await this.#dial(probing, chatRequest(provider.testModel, limit));
      if (dialed === undefined) return CANCELLED;
      const judged = judgeOutcome(key, await outcomeOfChat(dialed, signal));
      dialed.answer?.abort();
      if (signal.aborted) return CANCELLED;
      if (judged === 'success') return { outcome: 'alive', by: 'chat' };
      const { outcome } = judged;
      if (outcome === 'alive' || outcome === 'cancelled' || outcome === 'unproven') return judged;

      const { reason } = judged;
      if (lacksModel(reason)) {
        return {
          outcome: 'unproven',
          reason: `cannot be tested with the model '${provider.testModel}': ${reason}`,
        };
      }
      if (outcome === 'rejected') return judged;
      const next = nextLimit(limit, judged.error?.message ?? '');
      if (next === 'ran') return { outcome: 'alive', by: 'chat' };
      if (next === undefined || tries === CHAT_TRIES_MAX) return { outcome: 'unproven', reason };
      limit = next;
    }
  }

  /** Undefined if the key is not the pool's any more: it must not go to an address that came after it. */
  async #dial({ provider, key, signal }: Probing, request: UpstreamRequest) {
    if (signal.aborted || provider.pool.key(key.config.keyId) !== key) return undefined;
    return this.ports.dial(provider.pool, key.config, request, signal);
  }

  /** Whether the provider lists its models to anybody; undefined if it did not say. Asked once in ten minutes. */
  #isListPublic(provider: ProbedProvider, signal: AbortSignal): Promise<boolean | undefined> {
    const { pool, baseUrl } = provider;
    const now = this.ports.now();
    const known = this.#publicLists.get(pool);
    if (known?.baseUrl === baseUrl && known.until > now) return known.answer;
    const entry = { baseUrl, answer: this.#askWithoutKey(pool, signal), until: now + PUBLIC_MS };
    this.#publicLists.set(pool, entry);
    void entry.answer.then((isPublic) => {
      if (isPublic === undefined) entry.until = signal.aborted ? 0 : now + PUBLIC_UNKNOWN_MS;
    });
    return entry.answer;
  }

  async #askWithoutKey(pool: Pool, signal: AbortSignal): Promise<boolean | undefined> {
    const { outcome, answer } = await this.ports.dial(pool, NO_KEY, MODELS, signal);
    const { name, blame } = judge(outcome);
    if (name === 'success') return isModelList(answer, signal);
    answer?.abort();
    const isRefused = blame === 'key' ? name !== 'rate_limited' : name === 'client_error';
    return isRefused ? false : undefined;
  }
}

function judgeOutcome(key: KeyState, outcome: Outcome): Judged {
  const verdict = judge(outcome);
  if (verdict.name === 'success') return 'success';
  if (verdict.name === 'client_closed') return CANCELLED;
  if (!('status' in outcome)) {
    return { outcome: 'unproven', reason: describeOutcome(key, outcome) ?? verdict.name };
  }
  const { status, error } = outcome;
  const reason = describeFailure(key, status, error);
  if (verdict.key === 'failure' || verdict.key === 'quota') return { outcome: 'rejected', status, reason };
  return verdict.name === 'client_error'
    ? { outcome: 'unclear', error, reason }
    : { outcome: 'unproven', reason };
}

/** Some providers answer with 200 and an error within; a page of HTML is no answer either. */
async function outcomeOfChat(
  { outcome, answer }: Dialed<UpstreamAnswer>,
  signal: AbortSignal,
): Promise<Outcome> {
  if (answer === undefined || judge(outcome).name !== 'success') return outcome;
  if (answer.isEventStream || isEncoded(answer)) return outcome;
  const text = await readText(answer, { ...BODY, signal });
  if (text === undefined) return { kind: 'lost', message: 'the answer broke off' };
  const error = readUpstreamError(text);
  if (error !== undefined) {
    const { code = error.type, message, status = 500 } = error;
    const facts = { code, message, isQuotaExhausted: isQuotaExhausted(error) };
    return { kind: 'stream_error', status, headers: answer.headers, error: facts };
  }
  return parsed(text) instanceof Object ? outcome : { kind: 'lost', message: 'the answer is not JSON' };
}

async function isModelList(answer: UpstreamAnswer | undefined, signal: AbortSignal): Promise<boolean> {
  const text = answer === undefined ? undefined : await readText(answer, { ...BODY, signal });
  return text !== undefined && modelsOf(parsed(text)) !== undefined;
}

/** A key may have been given the right to chat and not to list models: "Missing scopes: api.model.read". */
function mayOnlyNotList(reason: string): boolean {
  return /\b(scopes?|permissions?)\b/i.test(reason);
}

/** Listing models costs nothing, so it does not show that an empty account has been filled. */
function lacksMoney({ disabled }: KeyState): boolean {
  if (disabled === undefined) return false;
  const { reason: message } = disabled;
  return /^(402|429)\b/.test(message) || isQuotaExhausted({ message, type: undefined, code: undefined });
}

/** Also told with 403: a project that has no access to the model. */
function lacksModel(reason: string): boolean {
  return /^(404\b|\d{3} model_not_found\b)/.test(reason);
}

function isEncoded({ headers }: UpstreamAnswer): boolean {
  const encoding = headers['content-encoding'];
  return encoding !== undefined && encoding !== 'identity';
}

function chatRequest(model: string, limit: Readonly<Record<string, number>>): UpstreamRequest {
  const body = { model, messages: [{ role: 'user', content: 'Hi' }], ...limit };
  return {
    method: 'POST',
    path: '/chat/completions',
    rawHeaders: ['content-type', 'application/json', 'accept', 'application/json'],
    body: Buffer.from(JSON.stringify(body)),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
