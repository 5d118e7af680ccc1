import type { AttemptTrace, RequestTrace } from '../../balancer/attempts/trace';
import { modelSent, type Recorder, type RequestRecord } from '../../gateway/record/record';
import type { ErrorLogRow, RequestLogRow } from '../../store/rows';
import { REQUEST_BODY_BYTES } from '../../store/logs/error-logs';
import type { LogWriter } from '../../store/write-behind/log-writer';
import { keptText } from '../../openai/json/kept-text';
import { ModelNames } from '../../store/logs/model-names';
import { requestClass } from '../../store/logs/request-class';
import { usageOfRequest } from '../../store/usage/usage-delta';
import type { Logger } from '../../process/logger';

const MESSAGE_MAX = 500;
const METHOD_MAX = 16;
/** The story of a request is this long only where dozens of keys were tried. */
const ATTEMPTS_MAX = 32 * 1024;
const ATTEMPTS_KEPT = 20;

/** Turns each finished request into its log line, its rows and its share of the statistics. */
export function createRecorder(options: {
  readonly writer: Pick<LogWriter, 'request' | 'error' | 'usage'>;
  readonly logger: Logger;
  readonly newId: (atMs: number) => string;
  /** Whether request bodies of failed requests may be kept. */
  readonly mayKeepRequestBody: () => boolean;
  /** What the wall clock says at the time of a request; the same by default. */
  readonly wallOf?: (at: number) => number;
  /** Told of each finished request. */
  readonly onRequest?: (row: RequestLogRow) => void;
}): Recorder {
  const { writer, logger, newId, wallOf = same, onRequest } = options;
  const models = new ModelNames();
  return {
    record(request) {
      const at = wallOf(request.at);
      const row = requestRow(request, at, newId(at));
      writer.request(row);
      const nameOf = (model: string | null) => models.of(model, row.status, row.at);
      const { trace, tokenId } = request;
      for (const usage of usageOfRequest(row, row.keyId, trace, nameOf, tokenId)) writer.usage(usage);
      onRequest?.(row);
      for (const error of errorRows(request, row, newId, options.mayKeepRequestBody())) writer.error(error);
      logLine(logger, request, row);
    },
  };
}

function same(at: number): number {
  return at;
}

// oxlint-disable-next-line complexity -- a table of columns: what is not known is null
function requestRow(request: RequestRecord, at: number, id: string): RequestLogRow {
  const last = request.trace.attempts.at(-1);
  const { usage } = request;
  const isFailure = request.outcome !== 'success';
  return {
    id,
    at,
    requestId: request.requestId,
    method: request.method.slice(0, METHOD_MAX),
    endpoint: request.endpoint,
    model: request.model ?? null,
    isStream: request.isStream,
    provider: request.provider ?? null,
    keyId: last?.keyId ?? null,
    keyHint: last?.keyHint ?? null,
    egressId: last?.egressId ?? null,
    token: request.tokenHint ?? null,
    status: request.status,
    outcome: request.outcome,
    errorCode: isFailure ? request.outcome : null,
    errorMessage: kept(request.errorMessage),
    attemptCount: request.trace.attempts.length,
    attempts: storyOf(request.trace),
    ttfbMs: request.firstByteMs ?? null,
    durationMs: request.durationMs,
    promptTokens: usage?.promptTokens ?? null,
    cachedTokens: usage?.cachedTokens ?? null,
    completionTokens: usage?.completionTokens ?? null,
    reasoningTokens: usage?.reasoningTokens ?? null,
    costNano: request.costNano ?? null,
    requestBytes: request.requestBytes,
    responseBytes: request.responseBytes,
    upstreamId: last?.upstreamId ?? null,
    modelAsked: request.modelAsked ?? null,
    route: request.route ?? null,
  };
}

function kept(message: string | undefined): string | null {
  if (message === undefined) return null;
  return message.length === 0 ? message : keptText(message, MESSAGE_MAX);
}

/** As JSON. Of a story that is too long the keys that were passed over are left out, then all but the last attempts. */
function storyOf(trace: RequestTrace): string {
  const whole = JSON.stringify(trace);
  if (whole.length <= ATTEMPTS_MAX) return whole;
  const attempts = trace.attempts.slice(-ATTEMPTS_KEPT).map((attempt) => ({
    ...attempt,
    skipped: [],
    skippedMore: attempt.skippedMore + attempt.skipped.length,
    ...(attempt.error !== undefined && { error: attempt.error.slice(0, MESSAGE_MAX) }),
  }));
  return JSON.stringify({ ...trace, attempts });
}

/** One row for each failed attempt; one for a request that failed without any. */
/** It failed at the gateway itself: no attempt has a row for it. */
function isOurOwn({ outcome, trace }: RequestRecord): boolean {
  if (outcome === 'success' || outcome === 'client_closed') return false;
  const last = trace.attempts.at(-1);
  return last === undefined || (last.verdict === 'success' && last.verdict !== outcome);
}

function* errorRows(
  request: RequestRecord,
  row: RequestLogRow,
  newId: (atMs: number) => string,
  mayKeepRequestBody: boolean,
): Generator<ErrorLogRow> {
  const requestBody = mayKeepRequestBody ? (beginningOf(request.requestBody) ?? null) : null;
  const base = {
    requestId: row.requestId,
    requestLogId: row.id,
    model: row.model,
    endpoint: row.endpoint,
    requestBody,
  };
  for (const [index, attempt] of request.trace.attempts.entries()) {
    if (!isError(attempt)) continue;
    yield {
      ...base,
      id: newId(row.at),
      at: row.at + Math.round(attempt.startMs + attempt.durationMs),
      ...attemptColumns(attempt),
      model: modelSent(request, attempt) ?? null,
      verdict: attempt.verdict,
      message: kept(attempt.error) ?? attempt.verdict,
      upstreamBody: request.upstreamBodies.get(index) ?? null,
    };
  }
  if (!isOurOwn(request)) return;
  yield {
    ...base,
    id: newId(row.at),
    at: row.at + Math.round(row.durationMs),
    provider: row.provider,
    keyId: row.keyId,
    keyHint: row.keyHint,
    egressId: row.egressId,
    status: row.status,
    verdict: request.outcome,
    message: row.errorMessage ?? request.outcome,
    upstreamId: row.upstreamId,
    upstreamBody: null,
  };
}

function isError({ verdict }: AttemptTrace): boolean {
  return verdict !== 'success' && verdict !== 'client_closed' && verdict !== 'outrun';
}

/**
 * Little more than what is kept in the end: a large body would be as large a text, and again for each failed attempt.
 */
function beginningOf(body: Buffer | undefined): string | undefined {
  return body?.toString('utf8', 0, REQUEST_BODY_BYTES + 4);
}

function attemptColumns(attempt: AttemptTrace) {
  return {
    provider: attempt.provider,
    keyId: attempt.keyId,
    keyHint: attempt.keyHint,
    egressId: attempt.egressId ?? null,
    status: attempt.status ?? null,
    upstreamId: attempt.upstreamId ?? null,
  };
}

/** What is undefined is left out of the line. */
function logLine(logger: Logger, request: RequestRecord, row: RequestLogRow): void {
  const last = request.trace.attempts.at(-1);
  const line = {
    requestId: row.requestId,
    method: row.method,
    endpoint: row.endpoint,
    model: row.model ?? undefined,
    modelAsked: row.modelAsked ?? undefined,
    route: row.route ?? undefined,
    provider: row.provider ?? undefined,
    key: row.keyHint ?? undefined,
    proxy: last?.egressHint,
    status: row.status,
    outcome: row.outcome,
    attempts: row.attemptCount,
    durationMs: Math.round(row.durationMs),
    ttfbMs: row.ttfbMs === null ? undefined : Math.round(row.ttfbMs),
    error: row.errorMessage ?? undefined,
  };
  const isBroken = requestClass(request.status, request.outcome) === 'broken';
  if (request.status >= 500 || isBroken) logger.warn(line, 'request');
  else logger.info(line, 'request');
}
