import type { LoopResult } from '../../balancer/attempts/attempt-loop';
import { VERDICTS, type Verdict } from '../../balancer/attempts/verdict';
import { usageAt } from '../../openai/answer/token-counts';
import type { AnswerIds } from '../../openai/objects/answer-ids';
import { upstreamErrorEvent } from '../../openai/errors/error-event';
import type { UpstreamAnswer } from '../../upstream/answer/answer';
import { endedTrace } from '../record/ended-trace';
import { GATEWAY_ERRORS } from './errors';
import { EventResponse, HeadlessResponse } from './event-response';
import type { ClientRequest, ClientResponse } from '../exchange/exchange';
import type { ExchangeLog } from '../record/exchange-log';
import { relay, type RelayEnd } from './relay';

type Answered = Extract<LoopResult<UpstreamAnswer>, { readonly kind: 'commit' | 'pass_through' }>;
type Committed = Extract<Answered, { readonly kind: 'commit' }>;

export interface Delivery {
  readonly request: ClientRequest;
  readonly response: ClientResponse;
  readonly log: ExchangeLog;
  /** The client has the head of a stream already. */
  readonly isLate: boolean;
  /** The longest answer that the request asks for, which was reserved with the rest; tokens. */
  readonly outputTokensMax?: number | undefined;
  /** Sees the answer's bytes. */
  readonly watch?: AnswerIds | undefined;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Passes an answer on to its end, tells the pool how that went, and records it. */
export async function deliver(delivery: Delivery, result: Answered): Promise<void> {
  delivery.log.committed();
  const relayed = await (delivery.isLate ? passLate(delivery, result) : pass(delivery, result));
  if (result.kind === 'commit') finishCommitted(delivery, result, relayed);
  record(delivery, result, relayed);
}

function finishCommitted(
  { log, now, outputTokensMax }: Delivery,
  { pool, lease, answer }: Committed,
  relayed: RelayEnd,
): void {
  const { end, message } = relayed;
  const tokens = tokensUsed(answer, end, lease.reservation.tokens, outputTokensMax);
  pool.finish(lease, endOf(answer, end), message ?? '', now(), tokens);
  if (end === 'whole' || isClientGone(end)) return;
  log.trace = endedTrace(log.trace, { verdict: end.name, error: message, endMs: now() - log.startedAt });
}

/**
 * What the answer used of the key's limits: as it tells, prompt and completion, what came from a cache included, though
 * some providers count that for less. Where it does not tell, or was not whole, what was reserved stands as far as it
 * agrees with what has passed. Undefined if nothing was reserved.
 */
function tokensUsed(
  { usage, passedTokens: { least, most } }: UpstreamAnswer,
  end: RelayEnd['end'],
  reserved: number,
  outputTokensMax = 0,
): number | undefined {
  if (end === 'whole' && usage !== undefined && usage.totalTokens > 0) return usage.totalTokens;
  if (reserved === 0) return undefined;
  const prompt = Math.max(0, reserved - outputTokensMax);
  return Math.max(prompt + least, Math.min(reserved, prompt + most));
}

function record({ log, isLate }: Delivery, result: Answered, { end, message }: RelayEnd): void {
  const { answer, trace } = result;
  const last = trace.attempts.at(-1);
  // A late failure has no head of its own to say it.
  const status = isLate && result.kind === 'pass_through' ? last?.status : undefined;
  log.finish({
    status: isClientGone(end) ? GATEWAY_ERRORS.client_closed.status : (status ?? answer.status),
    outcome: outcomeOf(result, end),
    errorMessage: message ?? last?.error,
    usage: answer.usage && usageAt(log.endpoint, answer.usage),
    passedTokens: answer.usage === undefined && answer.isEventStream ? answer.passedTokens.most : undefined,
    responseBytes: answer.bytes,
  });
}

function isClientGone(end: RelayEnd['end']): boolean {
  return end !== 'whole' && end.name === 'client_closed';
}

function pass({ request, response, log, watch }: Delivery, result: Answered): Promise<RelayEnd> {
  const freeInMs = result.kind === 'pass_through' ? result.freeInMs : undefined;
  return relay(result.answer, request, response, log.requestId, { watch, freeInMs });
}

/** The client expects events, errors included. */
async function passLate(delivery: Delivery, result: Answered): Promise<RelayEnd> {
  const { request, response, log, watch } = delivery;
  const { answer } = result;
  if (result.kind === 'pass_through') {
    const { provider = '', status } = result.trace.attempts.at(-1) ?? {};
    const fallback = `Provider '${provider}' answered with status ${status ?? answer.status}.`;
    const isGone = request.signal.aborted;
    answer.abort();
    response.breakOff(upstreamErrorEvent(answer.errorData ?? answer.errorText ?? '', fallback));
    return { end: isGone ? VERDICTS.client_closed : 'whole', message: undefined };
  }
  const events = answer.isEventStream ? new HeadlessResponse(response) : new EventResponse(response);
  return relay(answer, request, events, log.requestId, { watch });
}

/** A refusal of the client's own request in the middle of a stream is nothing against the provider. */
function endOf({ brokenFacts }: UpstreamAnswer, end: RelayEnd['end']): 'whole' | Verdict {
  const isRefusal = end !== 'whole' && end.name === 'cut' && brokenFacts?.subject === 'request';
  return isRefusal ? VERDICTS.client_error : end;
}

function outcomeOf(result: Answered, end: RelayEnd['end']): string {
  if (result.kind === 'pass_through' && !isClientGone(end)) return result.verdict.name;
  return end === 'whole' ? 'success' : end.name;
}
