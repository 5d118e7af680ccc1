import type { AttemptTrace, RequestTrace } from '../../balancer/attempts/trace';
import type { OwnerLookup } from '../objects/object-owners';
import type { Usage } from '../../openai/answer/usage';
import type { Admission } from '../tokens/admission';
import type { RequestSpan } from '../tracing/request-span';

/** One finished request, as the log and the statistics want it. Holds hints, never secrets. */
export interface RequestRecord {
  readonly at: number;
  readonly requestId: string;
  readonly method: string;
  readonly endpoint: string;
  /** The name that was sent last, or else asked for. */
  readonly model: string | undefined;
  /** The name that was asked for, if that is another one. */
  readonly modelAsked?: string | undefined;
  /** The route that was asked for. */
  readonly route?: string | undefined;
  readonly isStream: boolean;
  /** The provider that answered last, or was asked for. */
  readonly provider: string | undefined;
  /** Of the client token. Tells nothing about it, and stays the same; undefined if none let it in. */
  readonly tokenId?: string | undefined;
  readonly tokenHint: string | undefined;
  readonly status: number;
  /** A verdict's name, or the code of an error of our own. */
  readonly outcome: string;
  readonly errorMessage: string | undefined;
  readonly trace: RequestTrace;
  /** Until the head of the answer went out; undefined if none did. */
  readonly firstByteMs: number | undefined;
  readonly durationMs: number;
  readonly usage: Usage | undefined;
  /** About how many tokens an answer had that does not tell its usage; undefined where nobody can say. */
  readonly passedTokens?: number | undefined;
  /** In billionths of a US dollar; undefined if it is not known. */
  readonly costNano?: number | undefined;
  readonly requestBytes: number;
  readonly responseBytes: number;
  /** What upstreams said of the failed attempts, by index of the attempt. */
  readonly upstreamBodies: ReadonlyMap<number, string>;
  readonly requestBody: Buffer | undefined;
  /** Where the owner of what it names was found; undefined if it names nothing. */
  readonly ownerLookup?: OwnerLookup | undefined;
  /** Its place in a trace; undefined while tracing is off. */
  readonly span?: RequestSpan | undefined;
  /** What it took of the limits and the budget of its token: to be settled with what it cost. */
  readonly admission?: Pick<Admission, 'settle' | 'promptTokens'> | undefined;
}

/** The name that an attempt has sent. */
export function modelSent(
  { model, modelAsked }: Pick<RequestRecord, 'model' | 'modelAsked'>,
  attempt: Pick<AttemptTrace, 'model'>,
): string | undefined {
  return attempt.model ?? modelAsked ?? model;
}

export interface Recorder {
  /** Takes note; never waits and never throws. */
  record(request: RequestRecord): void;
}
