import { runAttempts, type LoopResult } from '../../balancer/attempts/attempt-loop';
import type { AttemptTrace, RequestTrace } from '../../balancer/attempts/trace';
import { VERDICTS, type VerdictName } from '../../balancer/attempts/verdict';
import type { KeyState } from '../../balancer/pool/key-state';
import type { Pool } from '../../balancer/pool/pool';
import type { Clock, Random } from '../../balancer/ports';
import { keptText } from '../../openai/json/kept-text';
import type { UpstreamAnswer } from '../../upstream/answer/answer';
import type { UpstreamClient } from '../../upstream/client';
import type { UpstreamTarget } from '../../upstream/target';
import type { GatewayProvider } from '../config';
import type { LiveExchange } from '../exchange/live-exchange';
import { endedTrace } from '../record/ended-trace';
import { inSpan } from '../tracing/request-span';
import { ListMemory } from './list-memory';
import { PART_BYTES_MAX, readPart, type BodyTrouble } from './part-body';
import { Patience, PATIENCE_MS } from './patience';

export interface AskPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly upstream: Pick<UpstreamClient, 'dial'>;
  /** Where the pool's keys are for at this moment; undefined if the pool is out of use. */
  readonly targetOf: (pool: Pool) => UpstreamTarget | undefined;
}

type Result = LoopResult<UpstreamAnswer>;
type Committed = Extract<Result, { readonly kind: 'commit' }>;

/** A key that has not given what it was asked for. */
export interface AskFailure {
  /** In a word: `timed_out`, `status_401`. */
  readonly why: string;
  /** It has answered that the request is wrong. */
  readonly isRefusal: boolean;
  /** What the client can be answered with if nobody does better. Its answer is open until it is dropped. */
  readonly result?: Result;
}

export const UNREADABLE = 'it answered with something that is no list of objects';
export const NO_MEMORY = 'there was no memory for its part of the list';
const TOO_SLOW = `no answer within ${PATIENCE_MS / 1000} s: the list was answered without it`;
const ERRORS: Readonly<Record<BodyTrouble, string>> = {
  cut: 'the list broke off',
  too_large: `its part of the list is larger than ${PART_BYTES_MAX / 2 ** 20} MB, and was left out`,
  no_memory: NO_MEMORY,
  stopped: TOO_SLOW,
};
const UPSTREAM_BODY_MAX = 16 * 1024;
/** With them a key may answer with a part of its list, or with none. */
const CONDITIONS = /^(?:range|if-.+)$/i;

/** Asks single keys, as long as there is patience, and keeps the story of it. */
export class ListAsker {
  readonly attempts: AttemptTrace[] = [];
  readonly memory: ListMemory;
  readonly patience: Patience;
  readonly #rawHeaders: readonly string[];

  constructor(
    private readonly ports: AskPorts,
    private readonly exchange: LiveExchange,
    readonly provider: GatewayProvider,
  ) {
    this.memory = new ListMemory(exchange.share);
    this.patience = new Patience(ports.clock, exchange.request.signal);
    this.#rawHeaders = unconditional(exchange.request.rawHeaders);
  }

  /** The body of a 2xx answer of this key. */
  async ask(key: KeyState, path: string): Promise<Buffer | AskFailure> {
    const startedAt = this.ports.clock.now();
    const { result, texts } = await this.#run(key, path);
    if (result.kind === 'commit' && result.answer.status < 300) return this.#read(result, startedAt);
    const isTooSlow = result.kind === 'client_closed' && this.patience.isOver;
    const end = { verdict: VERDICTS.timed_out.name, error: TOO_SLOW, endMs: PATIENCE_MS } as const;
    this.#tell(isTooSlow ? endedTrace(result.trace, end) : result.trace, texts);
    return failureOf(result);
  }

  /** The failure is nobody's answer. */
  drop({ result }: AskFailure): void {
    if (result?.kind === 'pass_through') result.answer.abort();
    if (result?.kind !== 'commit') return;
    result.answer.abort();
    result.pool.finish(result.lease, 'whole', '', this.ports.clock.now());
  }

  /** What this key has answered last is not what it was asked for. */
  note({ config }: KeyState, error: string): void {
    const index = this.attempts.findLastIndex(({ keyId }) => keyId === config.keyId);
    const attempt = this.attempts[index];
    if (attempt !== undefined) this.attempts[index] = { ...attempt, error };
  }

  async #run(key: KeyState, path: string) {
    const { exchange, provider, ports, patience } = this;
    const { clock, random } = ports;
    const { pool } = provider;
    const rawHeaders = this.#rawHeaders;
    const asked = { method: 'GET', path, rawHeaders, body: undefined, expects: 'anything' } as const;
    const target = ports.targetOf(pool) ?? provider.target;
    const texts = new Map<number, string>();
    const result = await runAttempts<UpstreamAnswer>(
      {
        method: 'GET',
        path: exchange.route.path,
        model: '',
        affinity: undefined,
        owner: { objectId: '', keyId: key.config.keyId },
        signal: patience.signal,
      },
      [{ pool }],
      {
        dial(_pool, { key: { config }, egress }) {
          const traced = inSpan(asked, config, target, exchange.log.span);
          return ports.upstream.dial(target, config, traced, patience.signal, egress?.egress.config);
        },
        noted: (index, { answer }) => {
          if (answer?.errorText !== undefined)
            texts.set(index, keptText(answer.errorText, UPSTREAM_BODY_MAX));
        },
        discard: (answer) => answer.abort(),
      },
      { clock, random },
    );
    return { result, texts };
  }

  async #read(result: Committed, startedAt: number): Promise<Buffer | AskFailure> {
    const { pool, lease, answer, trace } = result;
    const body = await readPart(answer, this.memory, this.patience.signal);
    const now = this.ports.clock.now();
    const error = Buffer.isBuffer(body) ? undefined : ERRORS[body];
    pool.finish(lease, body === 'cut' ? VERDICTS.cut : 'whole', error ?? '', now);
    if (Buffer.isBuffer(body)) {
      this.#tell(trace);
      return body;
    }
    const verdict: VerdictName = body === 'stopped' ? 'timed_out' : 'cut';
    this.#tell(endedTrace(trace, { verdict, error, endMs: now - startedAt }));
    return { why: body === 'stopped' ? verdict : body, isRefusal: false };
  }

  #tell({ attempts }: RequestTrace, texts?: ReadonlyMap<number, string>): void {
    for (const [index, text] of texts ?? []) {
      this.exchange.log.upstreamBodies.set(this.attempts.length + index, text);
    }
    this.attempts.push(...attempts);
  }
}

function failureOf(result: Result): AskFailure {
  switch (result.kind) {
    case 'commit':
      return { why: `status_${result.answer.status}`, isRefusal: false, result };
    case 'pass_through': {
      const { verdict, answer, trace } = result;
      const why = `status_${trace.attempts.at(-1)?.status ?? answer.status}`;
      return { why, isRefusal: verdict.blame === 'client', result };
    }
    case 'failed':
      return { why: result.verdict.name, isRefusal: false, result };
    case 'shortage':
      return {
        why: result.shortage.reason === 'all_cooling' ? 'resting' : result.shortage.reason,
        isRefusal: false,
      };
    case 'client_closed':
      return { why: VERDICTS.timed_out.name, isRefusal: false };
  }
}

function unconditional(rawHeaders: readonly string[]): readonly string[] {
  const kept: string[] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    if (!CONDITIONS.test(name)) kept.push(name, rawHeaders[at + 1] ?? '');
  }
  return kept;
}
