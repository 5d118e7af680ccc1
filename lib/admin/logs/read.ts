import type { AttemptTrace, RequestTrace } from '../../balancer/attempts/trace';
import { isAtLeast } from '../../auth/role';
import type { LogStory } from '../contract/logs';
import type { AdminContext } from '../context';
import { notFound } from '../error';
import { goneOf, type GoneOf } from './gone';
import { errorLogItem, requestLogItem } from './log-item';

/** The story of a request, by the id of its row or of one of its errors. */
export async function readLog(context: AdminContext, { id }: { readonly id: string }): Promise<LogStory> {
  await context.catchUpLogs();
  const { request, errors } = await findRows(context, id);
  const gone = goneOf(context);
  // They may hold what people wrote.
  const mayReadBodies = isAtLeast(context.caller.role, 'operator');
  return {
    request: request === undefined ? null : requestLogItem(request, gone),
    ...storyOf(readTrace(request?.attempts), gone),
    errors: errors.map((row) => ({
      ...errorLogItem(row, gone),
      upstreamBody: row.upstreamBody,
      requestBody: mayReadBodies ? row.requestBody : null,
      isBodyHidden: !mayReadBodies && row.requestBody !== null,
    })),
  };
}

/** Throws `not_found`. A request's own row may be gone while its errors are still there. */
async function findRows({ store }: AdminContext, id: string) {
  const found = await store.requestLogs.get(id);
  const error = found === undefined ? await store.errorLogs.get(id) : undefined;
  if (found === undefined && error === undefined) throw notFound('log row');
  const requestLogId = found?.id ?? error?.requestLogId ?? id;
  const request = found ?? (await store.requestLogs.get(requestLogId));
  const ofRequest = await store.errorLogs.ofRequest(requestLogId);
  return { request, errors: ofRequest.length === 0 && error !== undefined ? [error] : ofRequest };
}

function storyOf(
  trace: RequestTrace,
  gone: GoneOf,
): Pick<LogStory, 'attempts' | 'skippedProviders' | 'waits' | 'socket'> {
  return {
    attempts: trace.attempts.map((attempt) => attemptItem(attempt, gone)),
    skippedProviders: trace.skippedProviders.map(({ provider, model, reason, retryAfterMs }) => ({
      provider,
      model: model ?? null,
      reason,
      retryAfterMs: retryAfterMs ?? null,
    })),
    waits: [...(trace.waits ?? [])],
    socket: trace.socket ?? null,
  };
}

const NO_TRACE: RequestTrace = { attempts: [], skippedProviders: [] };

/** Written by this program, but maybe by another version of it. */
function readTrace(json: string | undefined): RequestTrace {
  if (json === undefined) return NO_TRACE;
  const trace = JSON.parse(json) as Partial<RequestTrace>;
  const { attempts = [], skippedProviders = [], waits = [], socket } = trace;
  return { attempts, skippedProviders, waits, socket };
}

function attemptItem(attempt: AttemptTrace, gone: GoneOf): LogStory['attempts'][number] {
  return {
    provider: attempt.provider,
    model: attempt.model ?? null,
    keyId: attempt.keyId,
    keyHint: attempt.keyHint,
    egressId: attempt.egressId ?? null,
    egressHint: attempt.egressHint ?? null,
    policy: attempt.policy,
    ownerOf: attempt.ownerOf ?? null,
    keys: attempt.keys,
    candidates: attempt.candidates,
    skipped: attempt.skipped.map((skipped) => ({
      ...skipped,
      until: skipped.until ?? null,
      gone: gone({ keyId: skipped.keyId }),
    })),
    skippedMore: attempt.skippedMore,
    startMs: attempt.startMs,
    durationMs: attempt.durationMs,
    verdict: attempt.verdict,
    status: attempt.status ?? null,
    upstreamId: attempt.upstreamId ?? null,
    error: attempt.error ?? null,
    effect: attempt.effect ?? null,
    backoffMs: attempt.backoffMs ?? null,
    isHedge: attempt.isHedge ?? false,
    gone: gone(attempt),
  };
}
