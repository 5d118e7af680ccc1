import type { RequestTrace } from '../../balancer/attempts/trace';
import type { Usage } from '../../openai/answer/usage';
import type { OwnerLookup } from '../objects/object-owners';
import type { Admission } from '../tokens/admission';
import type { RequestSpan } from '../tracing/request-span';
import type { Recorder, RequestRecord } from './record';

const NO_TRACE: RequestTrace = { attempts: [], skippedProviders: [] };

/** Gathers what will be recorded of one request, and records it exactly once. */
export class ExchangeLog {
  /** The name that was asked for. */
  model: string | undefined;
  /** The route that its model is, if it is one. */
  route: string | undefined;
  isStream = false;
  provider: string | undefined;
  tokenId: string | undefined;
  tokenHint: string | undefined;
  trace: RequestTrace = NO_TRACE;
  requestBody: Buffer | undefined;
  /** Of what is no body: of messages. */
  requestBytes: number | undefined;
  ownerLookup: OwnerLookup | undefined;
  /** What it takes of the limits and the budget of its token. */
  admission: Admission | undefined;
  /** Of the responses in a conversation, each priced by itself; undefined of everything else. */
  costNano: number | undefined;
  readonly upstreamBodies = new Map<number, string>();
  #firstByteMs: number | undefined;
  #isRecorded = false;

  constructor(
    private readonly recorder: Recorder,
    private readonly now: () => number,
    readonly method: string,
    readonly endpoint: string,
    readonly requestId: string,
    /** Its place in a trace; undefined while tracing is off. */
    readonly span?: RequestSpan,
    readonly startedAt = now(),
  ) {}

  /** The head of the answer is going out. */
  committed(): void {
    this.#firstByteMs = this.now() - this.startedAt;
  }

  get isCommitted(): boolean {
    return this.#firstByteMs !== undefined;
  }

  finish(result: {
    readonly status: number;
    readonly outcome: string;
    readonly errorMessage?: string | undefined;
    readonly usage?: Usage | undefined;
    readonly passedTokens?: number | undefined;
    readonly responseBytes: number;
  }): void {
    if (this.#isRecorded) return;
    this.#isRecorded = true;
    const last = this.trace.attempts.at(-1);
    const record: RequestRecord = {
      at: this.startedAt,
      requestId: this.requestId,
      method: this.method,
      endpoint: this.endpoint,
      model: last?.model ?? this.model,
      modelAsked: last?.model === undefined ? undefined : this.model,
      route: this.route,
      isStream: this.isStream,
      provider: last?.provider ?? this.provider,
      tokenId: this.tokenId,
      tokenHint: this.tokenHint,
      status: result.status,
      outcome: result.outcome,
      errorMessage: result.errorMessage,
      trace: this.trace,
      firstByteMs: this.#firstByteMs,
      durationMs: this.now() - this.startedAt,
      usage: result.usage,
      costNano: this.costNano,
      passedTokens: result.passedTokens,
      requestBytes: this.requestBytes ?? this.requestBody?.length ?? 0,
      responseBytes: result.responseBytes,
      upstreamBodies: this.upstreamBodies,
      requestBody: this.requestBody,
      ownerLookup: this.ownerLookup,
      span: this.span,
      admission: this.admission,
    };
    this.recorder.record(record);
  }
}
