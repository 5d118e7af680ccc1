import type { Dialed } from '../../balancer/attempts/transport';
import { describeOutcome } from '../../balancer/attempts/attempt-trace';
import type { Facts } from '../../balancer/facts';
import type { KeyConfig, KeyState } from '../../balancer/pool/key-state';
import { describeFailure } from '../../balancer/attribution/redaction';
import type { Pool } from '../../balancer/pool/pool';
import { judge, type Outcome, type VerdictName } from '../../balancer/attempts/verdict';
import { readAnswer } from '../../openai/answer/answer-facts';
import { modelsOf } from '../../openai/models/model-list';
import type { UpstreamAnswer } from '../../upstream/answer/answer';
import { readText } from '../../upstream/answer/read-text';
import type { UpstreamRequest } from '../../upstream/target';
import { FIRST_LIMIT, nextLimit } from '../output-limit';

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
  ProbeResult | 'success' | { readonly outcome: 'unclear'; readonly facts: Facts; readonly reason: string };

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
 * Tests keys, each at its own provider only. Listing the models costs nothing and comes first; where that proves
 * nothing, the test model is asked for the shortest answer it gives.
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
      const judged = judgeOutcome(key, dialed.outcome);
      dialed.answer?.abort();
      if (signal.aborted) return CANCELLED;
      if (judge(dialed.outcome).name === 'model_denied')
        return cannotTest(provider.testModel, key, dialed.outcome);
      if (judged === 'success') return { outcome: 'alive', by: 'chat' };
      if (judged.outcome !== 'unclear') return judged;
      const { reason } = judged;
      const next = nextLimit(limit, judged.facts.message ?? '');
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
    const { name } = judge(outcome);
    if (name === 'success') return isModelList(answer, signal);
    answer?.abort();
    return REFUSALS.has(name) ? false : undefined;
  }
}

/** How an address that is not public refuses a stranger. */
const REFUSALS: ReadonlySet<VerdictName> = new Set([
  'key_rejected',
  'rejected',
  'quota_exhausted',
  'client_error',
  'request_refused',
  'model_denied',
]);

function judgeOutcome(key: KeyState, outcome: Outcome): Judged {
  const verdict = judge(outcome);
  if (verdict.name === 'success') return 'success';
  if (verdict.name === 'client_closed') return CANCELLED;
  if (outcome.kind !== 'answer') {
    return { outcome: 'unproven', reason: describeOutcome(key, outcome) ?? verdict.name };
  }
  const { status, facts } = outcome;
  const reason = describeFailure(key, status, facts);
  switch (verdict.name) {
    case 'key_rejected':
    case 'quota_exhausted':
    // Nothing is wrong with our own question, so what rejects it is about the key.
    case 'rejected':
      return { outcome: 'rejected', status, reason };
    case 'client_error':
    case 'request_refused':
      return { outcome: 'unclear', facts, reason };
    default:
      return { outcome: 'unproven', reason };
  }
}

async function isModelList(answer: UpstreamAnswer | undefined, signal: AbortSignal): Promise<boolean> {
  const text = answer === undefined ? undefined : await readText(answer, { ...BODY, signal });
  return text !== undefined && modelsOf(parsed(text)) !== undefined;
}

function cannotTest(model: string, key: KeyState, outcome: Outcome): ProbeResult {
  const reason = describeOutcome(key, outcome) ?? 'no such model';
  return { outcome: 'unproven', reason: `cannot be tested with the model '${model}': ${reason}` };
}

/** A key may have been given the right to chat and not to list models: "Missing scopes: api.model.read". */
function mayOnlyNotList(reason: string): boolean {
  return /\b(scopes?|permissions?)\b/i.test(reason);
}

/** Listing models costs nothing, so it does not show that an empty account has been filled. */
function lacksMoney({ disabled }: KeyState): boolean {
  if (disabled === undefined) return false;
  // As `describeFailure` writes it. Read again from it, so that it holds for what a restart has kept.
  const [, status, code, message = ''] = /^(\d{3}) ?(?:(\S+): )?(.*)$/s.exec(disabled.reason) ?? [];
  const body = JSON.stringify({ error: { code: code ?? message, message } });
  return readAnswer({ status: Number(status ?? 0), headers: {}, body }, 0).facts.subject === 'money';
}

export function chatRequest(model: string, limit: Readonly<Record<string, number>>): UpstreamRequest {
  const body = { model, messages: [{ role: 'user', content: 'Hi' }], ...limit };
  return {
    method: 'POST',
    path: '/chat/completions',
    expects: 'answer',
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
