import { createTraceState, SpanKind, SpanStatusCode, type Attributes, type HrTime } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { AttemptTrace } from '../balancer/attempts/trace';
import { modelSent, type RequestRecord } from '../gateway/record/record';
import { newSpanId, type DialSpan, type SpanContext } from '../gateway/tracing/request-span';
import { NANO_USD } from '../pricing/rates';
import { isFailedAttempt, requestClass } from '../store/logs/request-class';
import { methodOf, operationOf, providerName, routeOf } from './gen-ai';

/** What all spans of this program have. */
export interface SpanMaker {
  readonly resource: ReadableSpan['resource'];
  readonly scope: ReadableSpan['instrumentationScope'];
  /** What the wall clock says at the time of a request. */
  readonly wallOf: (at: number) => number;
  /** The model as part of a name, of which there must be few; undefined for one that is made up. */
  readonly modelName: (request: RequestRecord) => string | undefined;
}

/** A request may ask thousands of keys for their parts of a list. */
const ATTEMPTS_MAX = 64;

/** The span of a request and those of its last 64 attempts. Nothing of what was asked or answered is in them. */
export function spansOf(request: RequestRecord, maker: SpanMaker): ReadableSpan[] {
  const { span, trace } = request;
  if (span === undefined) return [];
  const { context } = span;
  const operation = operationOf(request.method, request.endpoint);
  const asked = { request, maker, context, operation };
  const dialOf = dialsByKey(span.dials);
  const dialled = trace.attempts.map((attempt) => ({ attempt, dial: dialOf(attempt.keyId) }));
  const from = Math.max(0, dialled.length - ATTEMPTS_MAX);
  const attempts = dialled
    .slice(from)
    .map(({ attempt, dial }, i) => attemptSpan(asked, attempt, dial, from + i));
  return [requestSpan(asked), ...attempts];
}

interface Asked {
  readonly request: RequestRecord;
  readonly maker: SpanMaker;
  readonly context: SpanContext;
  readonly operation: string | undefined;
}

/** A key makes one attempt of a request at a time, so its dials and its attempts have the same order. */
function dialsByKey(dials: readonly DialSpan[]): (keyId: string) => DialSpan | undefined {
  const byKey = new Map<string, DialSpan[]>();
  for (const dial of dials) {
    const known = byKey.get(dial.keyId);
    if (known === undefined) byKey.set(dial.keyId, [dial]);
    else known.push(dial);
  }
  return (keyId) => byKey.get(keyId)?.shift();
}

function requestSpan({ request, maker, context, operation }: Asked): ReadableSpan {
  const { status, outcome } = request;
  const method = methodOf(request.method);
  const route = routeOf(request.endpoint);
  const kind = requestClass(status, outcome);
  return spanOf(maker, {
    name: `${method === '_OTHER' ? 'HTTP' : method} ${route}`,
    kind: SpanKind.SERVER,
    context,
    spanId: context.spanId,
    parentId: context.parentId,
    isParentRemote: true,
    startMs: maker.wallOf(request.at),
    endMs: maker.wallOf(request.at) + request.durationMs,
    isError: status >= 500 || kind === 'broken',
    attributes: {
      'http.request.method': method,
      'http.route': route,
      'url.path': request.endpoint,
      'http.response.status_code': status,
      'error.type': outcome === 'success' || outcome === 'client_closed' ? undefined : outcome,
      'gen_ai.operation.name': operation,
      'gen_ai.request.model': request.model,
      'gen_ai.request.stream': operation === undefined ? undefined : request.isStream,
      'openai_balance.model_asked': request.modelAsked,
      'openai_balance.route': request.route,
      'openai_balance.request.id': request.requestId,
      'openai_balance.provider': request.provider,
      'openai_balance.outcome': outcome,
      'openai_balance.attempts': request.trace.attempts.length,
      'openai_balance.waited_ms': waitedMs(request),
      'openai_balance.first_byte_ms': request.firstByteMs,
      'http.request.body.size': request.requestBytes,
      'http.response.body.size': request.responseBytes,
    },
  });
}

function waitedMs({ trace }: RequestRecord): number | undefined {
  return trace.waits?.reduce((sum, { durationMs }) => sum + durationMs, 0);
}

function attemptSpan(
  asked: Asked,
  attempt: AttemptTrace,
  dial: DialSpan | undefined,
  index: number,
): ReadableSpan {
  const { request, maker, context, operation } = asked;
  const model = maker.modelName({ ...request, model: modelSent(request, attempt) });
  const startAt = dial?.at ?? request.at + attempt.startMs;
  const isAnswer = isAnswering(request, attempt, index);
  const endAt = isAnswer ? request.at + request.durationMs : startAt + attempt.durationMs;
  const first = operation ?? methodOf(request.method);
  return spanOf(maker, {
    name: operation === undefined || model === undefined ? first : `${first} ${model}`,
    kind: SpanKind.CLIENT,
    context,
    spanId: dial?.spanId ?? newSpanId(),
    parentId: context.spanId,
    isParentRemote: false,
    startMs: maker.wallOf(startAt),
    endMs: maker.wallOf(Math.max(startAt, endAt)),
    isError: isFailedAttempt(attempt.verdict),
    attributes: attemptAttributes(asked, attempt, dial, index),
  });
}

/** The client got the answer of this one, whole. */
function isAnswering({ trace, outcome }: RequestRecord, { verdict }: AttemptTrace, index: number): boolean {
  return outcome === 'success' && verdict === 'success' && index === trace.attempts.length - 1;
}

/** What was used stands at the attempt that used it and nowhere else, so that sums count it once. */
function attemptAttributes(
  { request, operation }: Asked,
  attempt: AttemptTrace,
  dial: DialSpan | undefined,
  index: number,
): Attributes {
  const { host, port } = placeOf(dial);
  const isAnswer = isAnswering(request, attempt, index);
  const usage = isAnswer ? request.usage : undefined;
  return {
    'gen_ai.operation.name': operation,
    'gen_ai.provider.name': providerName(host ?? '', attempt.provider),
    'gen_ai.request.model': modelSent(request, attempt),
    'gen_ai.request.stream': operation === undefined ? undefined : request.isStream,
    'gen_ai.response.time_to_first_chunk': isAnswer ? firstChunkSeconds(request, dial) : undefined,
    'gen_ai.usage.input_tokens': usage?.promptTokens,
    'gen_ai.usage.output_tokens': usage?.completionTokens,
    'gen_ai.usage.cache_read.input_tokens': usage?.cachedTokens,
    'gen_ai.usage.reasoning.output_tokens': usage?.reasoningTokens,
    'openai_balance.cost_usd': isAnswer ? costUsd(request) : undefined,
    'server.address': host,
    'server.port': port,
    'http.request.method': methodOf(request.method),
    'http.request.resend_count': index === 0 ? undefined : index,
    'http.response.status_code': attempt.status,
    'error.type': isFailedAttempt(attempt.verdict) ? attempt.verdict : undefined,
    'openai_balance.provider': attempt.provider,
    'openai_balance.key.id': attempt.keyId,
    'openai_balance.proxy.id': attempt.egressId,
    'openai_balance.policy': attempt.policy,
    'openai_balance.verdict': attempt.verdict,
    'openai_balance.hedge': attempt.isHedge,
  };
}

/** Of a stream: from its dial to its first content, which is when the head goes out. */
function firstChunkSeconds(
  { isStream, firstByteMs, at }: RequestRecord,
  dial?: DialSpan,
): number | undefined {
  if (!isStream || firstByteMs === undefined || dial === undefined) return undefined;
  return Math.max(0, at + firstByteMs - dial.at) / 1000;
}

function placeOf(dial: DialSpan | undefined): { readonly host?: string; readonly port?: number } {
  if (dial === undefined || !URL.canParse(dial.baseUrl)) return {};
  const { hostname, port, protocol } = new URL(dial.baseUrl);
  return { host: hostname, port: Number(port) || (protocol === 'http:' ? 80 : 443) };
}

interface Span {
  readonly name: string;
  readonly kind: SpanKind;
  readonly context: SpanContext;
  readonly spanId: string;
  readonly parentId: string | undefined;
  readonly isParentRemote: boolean;
  readonly startMs: number;
  readonly endMs: number;
  readonly isError: boolean;
  readonly attributes: Attributes;
}

/** It comes when it has ended, so nothing of the machinery that makes spans while things happen is needed. */
function spanOf({ resource, scope }: SpanMaker, span: Span): ReadableSpan {
  const { traceId, state } = span.context;
  const traceState = state === undefined ? undefined : createTraceState(state);
  const contextOf = (spanId: string) => ({
    traceId,
    spanId,
    traceFlags: 1,
    ...(traceState && { traceState }),
  });
  const context = contextOf(span.spanId);
  const { parentId, isParentRemote: isRemote } = span;
  return {
    name: span.name,
    kind: span.kind,
    spanContext: () => context,
    ...(parentId !== undefined && { parentSpanContext: { ...contextOf(parentId), isRemote } }),
    startTime: timeOf(span.startMs),
    endTime: timeOf(span.endMs),
    duration: timeOf(span.endMs - span.startMs),
    status: { code: span.isError ? SpanStatusCode.ERROR : SpanStatusCode.UNSET },
    attributes: known(span.attributes),
    links: [],
    events: [],
    ended: true,
    resource,
    instrumentationScope: scope,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

/** Without those that nothing is known of. */
function known(attributes: Attributes): Attributes {
  const kept: Attributes = {};
  for (const name of Object.keys(attributes)) {
    const value = attributes[name];
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}

function costUsd({ costNano }: RequestRecord): number | undefined {
  return costNano === undefined ? undefined : costNano / NANO_USD;
}

/** Seconds and nanoseconds. */
function timeOf(ms: number): HrTime {
  const seconds = Math.floor(ms / 1000);
  return [seconds, Math.round((ms - seconds * 1000) * 1_000_000)];
}
