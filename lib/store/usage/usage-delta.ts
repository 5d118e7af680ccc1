import { cutText } from '../database/cut-text';
import { LATENCY_COUNTERS, latencyCounter, latencyOf } from './latency';
import { ATTEMPTS_ONLY, isFailedAttempt, requestClass } from '../logs/request-class';
import { NO_USAGE } from './no-usage';
import { MODEL_MAX } from '../rows';
import { usageApart } from './usage-apart';
import { usageAtProxy } from './usage-by-attempt';
import { UsageSums } from './usage-sums';
import { DIRECT_PROXY } from '../../balancer/egress/direct-proxy';
import type { UsageDelta } from '../rows';

const MINUTE_MS = 60_000;

/** What one finished request says about itself. */
export interface FinishedRequest {
  readonly at: number;
  /** Slug; null when the request reached no provider. */
  readonly provider: string | null;
  /** As it is called where the request ended; */
  readonly model: string | null;
  /** and as it was asked for, if that is another name. */
  readonly modelAsked?: string | null | undefined;
  /** HTTP status that the client got; 499 when it went away. */
  readonly status: number;
  /** `success`, or what went wrong. */
  readonly outcome: string;
  readonly durationMs: number;
  readonly ttfbMs: number | null;
  readonly promptTokens: number | null;
  readonly cachedTokens: number | null;
  readonly completionTokens: number | null;
  /** In billionths of a US dollar; null if its price was not known. */
  readonly costNano: number | null;
}

/** What one attempt of a request says about itself. */
export interface FinishedAttempt {
  readonly provider: string;
  /** As it is called there, if that is not the name asked for. */
  readonly model?: string | undefined;
  readonly keyId: string;
  /** The proxy; none for a direct connection. */
  readonly egressId?: string | undefined;
  readonly verdict: string;
}

/** What became of it on its way. */
export interface FinishedTrace {
  readonly attempts: readonly FinishedAttempt[];
  /** Providers that could not be asked at all. */
  readonly skippedProviders?: readonly { readonly reason: string }[] | undefined;
  readonly waits?: readonly { readonly end: string }[] | undefined;
}

/**
 * All that a finished request adds. It counts once, at the provider and the key that it ended with; each of its
 * attempts counts at the provider and the key that it was made with, under the name that the model has there.
 * Everything is there for all keys and tokens together, for each key, by proxy and verdict, and for the client token.
 * `nameOf`: under which name a model counts. `token`: the id of the client token; none by default.
 */
export function usageOfRequest(
  request: FinishedRequest,
  keyId: string | null,
  trace: FinishedTrace,
  nameOf: (model: string | null) => string | null = same,
  token?: string,
): UsageDelta[] {
  const own = usageOf(request, nameOf(request.model));
  if (isRescued(request, trace)) own.rescued = 1;
  const ofKey = keyId === null ? undefined : usageOfKey(own, keyId);
  const last = trace.attempts.at(-1);
  const atEnd = usageAtProxy(own, last === undefined ? '' : proxyOf(last), request.outcome);
  const deltas: UsageDelta[] = ofKey === undefined ? [own, atEnd] : [own, ofKey, atEnd];
  for (const attempt of trace.attempts)
    deltas.push(...usageOfAttempt(attempt, { request, own, keyId, ofKey, atEnd, nameOf }));
  if (token === undefined) return deltas;
  return [
    ...deltas,
    ...deltas.filter(({ resolution }) => resolution === 'minute').map((delta) => usageOfToken(delta, token)),
  ];
}

/** The delta of one request to its minute, for all keys together, and without its attempts. */
export function usageOf(request: FinishedRequest, model = request.model): Mutable<UsageDelta> {
  const latencyMs = latencyOf(request);
  return {
    resolution: 'minute',
    bucketStart: Math.floor(request.at / MINUTE_MS) * MINUTE_MS,
    provider: request.provider ?? '',
    keyId: '',
    model: cutText(model ?? '', MODEL_MAX),
    statusClass: requestClass(request.status, request.outcome),
    token: '',
    requests: 1,
    attempts: 0,
    failedAttempts: 0,
    promptTokens: request.promptTokens ?? 0,
    cachedTokens: request.cachedTokens ?? 0,
    completionTokens: request.completionTokens ?? 0,
    costNano: request.costNano ?? 0,
    unpriced: request.costNano === null && request.promptTokens !== null ? 1 : 0,
    durationMsSum: latencyMs,
    ttfbMsSum: request.ttfbMs ?? 0,
    ttfbCount: request.ttfbMs === null ? 0 : 1,
    latency: latencyCounts(latencyMs),
    latencyMinMs: latencyMs,
    latencyMaxMs: latencyMs,
    rescued: 0,
  };
}

/** A client that asks a provider directly would have got no answer. A provider without keys is asked by nobody. */
function isRescued(
  { status, outcome }: FinishedRequest,
  { attempts, skippedProviders = [], waits = [] }: FinishedTrace,
): boolean {
  if (status >= 400 || outcome !== 'success') return false;
  return (
    attempts.some(({ verdict }) => isFailedAttempt(verdict)) ||
    skippedProviders.some(({ reason }) => reason !== 'no_keys') ||
    waits.some(({ end }) => end === 'served')
  );
}

/** The same for one client token. */
export function usageOfToken(usage: UsageDelta, token: string): UsageDelta {
  return usageApart(usage, 'tok_min', usage.keyId, token);
}

/** The same for one key. */
export function usageOfKey(usage: UsageDelta, keyId: string): Mutable<UsageDelta> {
  return usageApart(usage, 'key_min', keyId, usage.token);
}

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };

function countAttempt(delta: Mutable<UsageDelta>, failed: number): void {
  delta.attempts += 1;
  delta.failedAttempts += failed;
}

interface Counted {
  readonly request: FinishedRequest;
  readonly own: Mutable<UsageDelta>;
  readonly keyId: string | null;
  readonly ofKey: Mutable<UsageDelta> | undefined;
  /** By the proxy and the verdict that it ended with. */
  readonly atEnd: Mutable<UsageDelta>;
  readonly nameOf: (model: string | null) => string | null;
}

/** Counts it with the request where that ended as well; returns what it adds elsewhere. */
function usageOfAttempt(attempt: FinishedAttempt, counted: Counted): readonly UsageDelta[] {
  const { own, atEnd, nameOf } = counted;
  const { provider, verdict } = attempt;
  const { model, isOwnModel, isOwn, ofKey, isAtEnd } = placeOf(attempt, counted);
  const failed = isFailedAttempt(verdict) ? 1 : 0;
  if (isOwn) countAttempt(own, failed);
  if (ofKey !== undefined) countAttempt(ofKey, failed);
  if (isAtEnd) countAttempt(atEnd, failed);
  // Most requests end where their only attempt was made.
  if (isOwn && ofKey !== undefined && isAtEnd) return NOTHING_ELSE;
  const apart = attemptAt(own, provider, failed, isOwnModel ? own.model : nameOf(model));
  const elsewhere: UsageDelta[] = isOwn ? [] : [apart];
  if (ofKey === undefined) elsewhere.push(usageOfKey(apart, attempt.keyId));
  if (!isAtEnd) elsewhere.push(usageAtProxy(apart, proxyOf(attempt), verdict));
  return elsewhere;
}

/** Which of the places it was made at the request ended at too. */
function placeOf(attempt: FinishedAttempt, { request, own, keyId, ofKey, atEnd }: Counted) {
  const model = calledIn(attempt, request);
  const isOwnModel = model === request.model;
  const isOwn = isOwnModel && attempt.provider === own.provider;
  return {
    model,
    isOwnModel,
    isOwn,
    ofKey: isOwnModel && attempt.keyId === keyId ? ofKey : undefined,
    isAtEnd: isOwn && proxyOf(attempt) === atEnd.keyId && attempt.verdict === atEnd.token,
  };
}

const NOTHING_ELSE: readonly UsageDelta[] = [];

function proxyOf({ egressId }: FinishedAttempt): string {
  return egressId ?? DIRECT_PROXY;
}

function calledIn(attempt: FinishedAttempt, request: FinishedRequest): string | null {
  return attempt.model ?? request.modelAsked ?? request.model;
}

/** One attempt at a provider, or with a model, where the request itself is not counted. */
function attemptAt(
  { bucketStart }: UsageDelta,
  provider: string,
  failed: number,
  model: string | null,
): UsageDelta {
  return {
    ...NO_USAGE,
    resolution: 'minute',
    bucketStart,
    provider,
    keyId: '',
    model: cutText(model ?? '', MODEL_MAX),
    statusClass: ATTEMPTS_ONLY,
    token: '',
    attempts: 1,
    failedAttempts: failed,
    latencyMinMs: 0,
    latencyMaxMs: 0,
  };
}

function latencyCounts(latencyMs: number): number[] {
  const counts = new Array<number>(LATENCY_COUNTERS).fill(0);
  counts[latencyCounter(latencyMs)] = 1;
  return counts;
}

/** One delta for each bucket, in a fixed order, so that two processes lock the rows in the same order. */
export function mergeUsage(deltas: readonly UsageDelta[]): UsageDelta[] {
  const sums = new UsageSums<UsageDelta>();
  for (const delta of deltas) sums.add(delta);
  return [...sums.byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, delta]) => delta);
}

function same(model: string | null): string | null {
  return model;
}
