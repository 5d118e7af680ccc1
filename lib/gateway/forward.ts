import { runAttempts, type LoopResult } from '../balancer/attempts/attempt-loop';
import type { Dialed, Transport } from '../balancer/attempts/transport';
import type { Hedging } from '../balancer/attempts/hedging';
import type { Pool } from '../balancer/pool/pool';
import type { Clock, Random } from '../balancer/ports';
import { createsSomethingLasting } from '../balancer/attempts/retry';
import type { WaitingRoom } from '../balancer/waiting/waiting-room';
import { keptText } from '../openai/json/kept-text';
import type { UpstreamAnswer } from '../upstream/answer/answer';
import type { UpstreamClient } from '../upstream/client';
import type { UpstreamRequest, UpstreamTarget } from '../upstream/target';
import type { GatewayProvider } from './config';
import { deliver, type Delivery } from './answer/deliver';
import { gatewayError, SHUTTING_DOWN, type GatewayError } from './answer/errors';
import { withOwnHeaders, withOwnLinks } from './answer/own-links';
import { KeepAlive } from './answer/keep-alive';
import type { ClientRequest } from './exchange/exchange';
import type { LiveExchange } from './exchange/live-exchange';
import { inSpan } from './tracing/request-span';
import { errorOfFailure, ownerUnavailable } from './answer/refuse';
import { balancedRequest, type ForwardedHead } from './request/balanced-request';
import { watchAnswer } from './objects/answer-watch';
import { askOwner, joined, type Ask } from './objects/ask-owner';
import type { RequestBody } from './body/spooled-body';
import type { Binding } from './objects/binding';
import { addressOf, targetOf, type GatewayTarget, type Plan } from './routing/plan';
import { Renaming } from './routing/renaming';
import { asksForList, type MergedLists } from './objects/serve-list';
import type { ObjectOwners } from './objects/object-owners';
import { MODELS_PATH } from './models/serve-models';
import type { Timers } from './exchange/timers';
import type { TokenUses } from './tokens/token-uses';
import type { Usage } from '../openai/answer/usage';

/** Its streams are bare sound, into which no comment can be put. */
const SPEECH_PATH = /^\/audio\/speech\/?$/;
const UPSTREAM_BODY_MAX = 16 * 1024;

export type CostOf = (provider: string, model: string, usage: Usage) => number | undefined;

export interface ForwardPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly timers: Timers;
  readonly upstream: UpstreamClient;
  readonly waitingRoom: WaitingRoom;
  readonly hedging: Hedging;
  /** Where a request comes from; without it, its connection. */
  readonly addressOf?: ((request: ClientRequest) => string) | undefined;
  readonly owners: ObjectOwners;
  readonly lists: MergedLists;
  /** What client tokens use of their limits and budgets. */
  readonly tokens: TokenUses;
  /** What that cost, in billionths of a US dollar; undefined if the price is not known. */
  readonly costOf?: CostOf | undefined;
  /** Where the keys that the pool has at this moment are for. */
  readonly targetOf: (pool: Pool) => UpstreamTarget | undefined;
}

/**
 * Tries the provider and its fallbacks, and passes on the answer. Resolves with an error of our own if there was none.
 */
export async function forward(
  ports: ForwardPorts,
  exchange: LiveExchange,
  binding: Binding,
  body: RequestBody,
  head: ForwardedHead,
): Promise<GatewayError | undefined> {
  if (binding.owner !== undefined) binding.plan.giveTurnsBack?.();
  const barred = barredOwner(binding);
  if (barred !== undefined) return barred;
  exchange.log.ownerLookup = binding.lookup;
  exchange.response = withOwnLinks(exchange);
  if (!asksForList(exchange, binding)) return forwardOne(ports, exchange, binding, body, head);
  const list = await ports.lists.serve(exchange, binding);
  switch (list.kind) {
    case 'served':
      return undefined;
    case 'refused':
      return list.error;
    case 'failed':
      return answerWith(exchange, binding.provider, list.result, { now: () => ports.clock.now() });
    case 'forward':
      return forwardOne(ports, exchange, binding, body, head);
  }
}

async function forwardOne(
  ports: ForwardPorts,
  exchange: LiveExchange,
  binding: Binding,
  body: RequestBody,
  head: ForwardedHead,
): Promise<GatewayError | undefined> {
  const { provider, gone } = binding;
  const { config, route, response, log } = exchange;
  const { plan } = binding;
  const upstreamRequest = upstreamRequestOf(exchange, body, head);
  const renaming = new Renaming(exchange, body, head, upstreamRequest);
  if (log.isStream && config.streamKeepAliveMs > 0 && !SPEECH_PATH.test(route.path)) {
    exchange.keepAlive = new KeepAlive(response, log.requestId, ports.timers, config.streamKeepAliveMs);
  }
  const ask: Ask<UpstreamAnswer> = async (whom, targets) => {
    const transport = transportOf(ports, exchange, upstreamRequest, { plan, targets, renaming });
    const asked = balancedRequest(exchange, body, head, whom, plan.goesOnFor);
    const ended = await runAttempts(asked, targets, transport, ports);
    log.trace = joined(log.trace, ended.trace);
    return ended;
  };
  const result = await askOwner(ask, binding);
  exchange.keepAlive?.stop();
  if (gone !== undefined && isNowhere(result)) {
    if (result.kind === 'pass_through') result.answer.abort();
    return ownerUnavailable({ ...gone, hint: undefined }, provider.slug);
  }
  const watch = watchAnswer(exchange, binding, head, result, ports.owners);
  const { outputTokensMax } = head;
  if (result.kind === 'commit' || result.kind === 'pass_through') {
    const target = result.kind === 'commit' ? ports.targetOf(result.pool) : undefined;
    exchange.response = withOwnHeaders(exchange, result.answer.headers, target ?? provider.target);
  }
  return answerWith(exchange, provider, result, { now: () => ports.clock.now(), watch, outputTokensMax });
}

/** Its provider is a fallback that is disabled. */
function barredOwner({ provider, owner }: Binding): GatewayError | undefined {
  if (owner === undefined || provider.isEnabled) return undefined;
  const hint = provider.pool.key(owner.keyId)?.config.hint;
  return ownerUnavailable({ ...owner, hint, isProviderDisabled: true }, provider.slug);
}

function upstreamRequestOf(
  { route, request, log }: LiveExchange,
  body: RequestBody,
  { model }: ForwardedHead,
): UpstreamRequest {
  return {
    method: request.method,
    path: route.path + route.query,
    place: route.place,
    rawHeaders: request.rawHeaders,
    body: body.length === 0 && request.header('content-length') === undefined ? undefined : body,
    model,
    isStream: log.isStream,
    expects: expectsAnswer(request.method, route.path) && !isListStream(route) ? 'answer' : 'anything',
  };
}

/** A list whose items come one by one, which nobody may hold until it is whole. */
function isListStream({ path, isStream }: LiveExchange['route']): boolean {
  return isStream !== true && path.endsWith(':streamGenerateContent');
}

/** No key has what the request names. */
function isNowhere(result: LoopResult<UpstreamAnswer>): boolean {
  return result.kind === 'pass_through'
    ? result.verdict.name === 'object_not_found'
    : result.kind === 'shortage' && result.shortage.reason === 'no_keys';
}

/** Where a request goes, and what it is there. */
interface Way {
  readonly plan: Plan;
  readonly targets: readonly GatewayTarget[];
  readonly renaming: Renaming;
}

const NO_MEMORY: Dialed<UpstreamAnswer> = {
  outcome: { kind: 'own_trouble', shortOf: 'memory', message: 'no memory left for the body of the request' },
  answer: undefined,
};

/** Dials with what a lease holds, and keeps what upstreams say of failures for the request's story. */
function transportOf(
  ports: ForwardPorts,
  { log }: LiveExchange,
  upstreamRequest: UpstreamRequest,
  { plan, targets, renaming }: Way,
): Transport<UpstreamAnswer> {
  const attemptsBefore = log.trace.attempts.length;
  return {
    dial(pool, { key, egress, model }, signal, mayGiveUp) {
      const target = targetOf(targets, pool, model);
      const there = addressOf(ports.targetOf(pool) ?? (target?.provider ?? plan.provider).target, plan);
      const send = (request: UpstreamRequest) => {
        const traced = inSpan(request, key.config, there, log.span);
        return ports.upstream.dial(there, key.config, traced, signal, egress?.egress.config, mayGiveUp);
      };
      if (target?.sentModel === undefined) return send(upstreamRequest);
      return renaming
        .as(target.sentModel, model)
        .then((renamed) => (renamed === undefined ? NO_MEMORY : send(renamed)));
    },
    noted: (index, { answer }) => {
      if (answer?.errorText === undefined) return;
      log.upstreamBodies.set(attemptsBefore + index, keptText(answer.errorText, UPSTREAM_BODY_MAX));
    },
    discard: (answer) => answer.abort(),
  };
}

async function answerWith(
  exchange: LiveExchange,
  provider: GatewayProvider,
  result: LoopResult<UpstreamAnswer>,
  more: Pick<Delivery, 'now' | 'watch' | 'outputTokensMax'>,
): Promise<GatewayError | undefined> {
  const { request, response, log, keepAlive } = exchange;
  switch (result.kind) {
    case 'client_closed':
      return gatewayError('client_closed', 'The client closed the connection.');
    case 'failed':
    case 'shortage':
      return errorOfFailure(
        result,
        result.trace.attempts.at(-1)?.provider ?? provider.slug,
        provider.pool.breaker.reason ?? provider.pool.restReasonOf(log.model ?? ''),
      );
    case 'commit':
    case 'pass_through': {
      const isLate = keepAlive?.isBegun === true;
      exchange.cutAnswer = () => result.answer.stop(SHUTTING_DOWN.message);
      await deliver({ request, response, log, isLate, ...more }, result);
      return undefined;
    }
  }
}

/** Whether a 2xx must bring an answer: where something is computed, and for models. */
function expectsAnswer(method: string, path: string): boolean {
  if (method === 'POST') return !createsSomethingLasting(method, path);
  return method === 'GET' && MODELS_PATH.test(path);
}
