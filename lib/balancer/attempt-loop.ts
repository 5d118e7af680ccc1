import { EgressDetour } from './egress/detour';
import type { Lease } from './lease';
import type { KeyState } from './key-state';
import { describeFailure, withoutSecret } from './penalty';
import type { Pool, Settled, Shortage } from './pool';
import type { Clock, Random, StopSignal } from './ports';
import { backoffMs, createsSomethingLasting, mayTryNext } from './retry';
import type { AttemptTrace, RequestTrace, SkippedProvider } from './trace';
import { judge, type Outcome, type Verdict } from './verdict';

/** A request, as far as balancing it goes. */
export interface BalancedRequest {
  readonly method: string;
  /** What follows `/v1`, without the query. */
  readonly path: string;
  /** '' if the request names none. */
  readonly model: string;
  readonly affinity: string | undefined;
  /** Fires when the client has gone. */
  readonly signal: StopSignal;
}

/** What a dial brings back. `answer` can be passed on to the client, and must be either passed on or discarded. */
export interface Dialed<Answer> {
  readonly outcome: Outcome;
  readonly answer: Answer | undefined;
}

export interface Transport<Answer> {
  /** Sends the request with the lease's key and through its proxy. Never rejects: every failure is an outcome. */
  dial(pool: Pool, lease: Lease): Promise<Dialed<Answer>>;
  /** Gives up an answer that nobody will read. */
  discard(answer: Answer): void;
}

export type LoopResult<Answer> = { readonly trace: RequestTrace } & (
  | { readonly kind: 'commit'; readonly pool: Pool; readonly lease: Lease; readonly answer: Answer }
  /** An upstream answer that goes to the client as it is: a client's error, or the last of several failures. */
  | { readonly kind: 'pass_through'; readonly answer: Answer; readonly verdict: Verdict }
  /** The last attempt failed without an answer that could be passed on. */
  | { readonly kind: 'failed'; readonly verdict: Verdict; readonly outcome: Outcome }
  | { readonly kind: 'shortage'; readonly shortage: Shortage }
  | { readonly kind: 'client_closed' }
);

/**
 * Tries keys until one answers: at most `1 + maxRetries` attempts with each pool, in the order given (the provider, then
 * its fallbacks). An attempt that got no further than its egress proxy is made again through another, uncounted. Every
 * lease is settled; only that of a commit is still open on return. Nothing is retried once an answer has been handed out.
 */
export async function runAttempts<Answer>(
  request: BalancedRequest,
  pools: readonly Pool[],
  transport: Transport<Answer>,
  ports: { readonly clock: Clock; readonly random: Random },
): Promise<LoopResult<Answer>> {
  const { clock } = ports;
  const startedAt = clock.now();
  const isLasting = createsSomethingLasting(request.method, request.path);
  const attempts: AttemptTrace[] = [];
  const skippedProviders: SkippedProvider[] = [];
  const trace = { attempts, skippedProviders };
  let failed: { readonly verdict: Verdict; readonly dialed: Dialed<Answer> } | undefined;
  let shortage: Shortage | undefined;

  for (const pool of pools) {
    const tried = new Set<KeyState>();
    const detour = new EgressDetour();
    let isConfirming = false;
    for (let attempt = 0; attempt <= pool.config.maxRetries; attempt++) {
      if (failed?.verdict.hasBackoff === true && attempt > 0) {
        await backOff(attempts, request.signal, ports);
      }
      if (request.signal.aborted) {
        discard(failed?.dialed, transport);
        return { kind: 'client_closed', trace };
      }

      const now = clock.now();
      const leased = pool.lease(
        {
          model: request.model,
          affinity: request.affinity,
          tried,
          triedEgresses: detour.tried,
          isConfirming,
        },
        now,
      );
      if (!leased.ok) {
        if (leased.shortage.reason === 'no_egress' && detour.giveSecondChance()) {
          attempt -= 1;
          continue;
        }
        if (attempt === 0) skippedProviders.push({ provider: pool.config.provider, ...leased.shortage });
        shortage = sooner(shortage, leased.shortage);
        break;
      }
      const { lease } = leased;
      tried.add(lease.key);
      const facts = { pool, lease, startMs: now - startedAt, candidates: pool.candidates };

      const dialed = await transport.dial(pool, lease);
      const verdict = judge(dialed.outcome);
      const settledAt = clock.now();
      const settled = pool.settle(lease, dialed.outcome, verdict, settledAt);
      attempts.push(traceOf(facts, dialed.outcome, verdict, settled, settledAt - now));
      discard(failed?.dialed, transport);
      failed = undefined;

      if (verdict.next === 'stop') {
        discard(dialed, transport);
        return { kind: 'client_closed', trace };
      }
      if (dialed.answer !== undefined) {
        const { answer } = dialed;
        if (verdict.next === 'commit') return { kind: 'commit', pool, lease, answer, trace };
        if (!mayTryNext(verdict, isLasting)) return { kind: 'pass_through', answer, verdict, trace };
      }
      failed = { verdict, dialed };
      if (!mayTryNext(verdict, isLasting)) return { kind: 'failed', verdict, outcome: dialed.outcome, trace };
      isConfirming = settled.sharedCause === 'provider';
      if (detour.isUncounted(lease, verdict)) {
        tried.delete(lease.key);
        attempt -= 1;
      }
    }
  }

  if (failed === undefined) return { kind: 'shortage', shortage: shortage ?? { reason: 'no_keys' }, trace };
  const { verdict, dialed } = failed;
  if (dialed.answer !== undefined) return { kind: 'pass_through', answer: dialed.answer, verdict, trace };
  return { kind: 'failed', verdict, outcome: dialed.outcome, trace };
}

function discard<Answer>(dialed: Dialed<Answer> | undefined, transport: Transport<Answer>): void {
  if (dialed?.answer !== undefined) transport.discard(dialed.answer);
}

/** Waits before the next attempt and notes it in the trace of the last one. */
async function backOff(
  attempts: AttemptTrace[],
  signal: StopSignal,
  { clock, random }: { clock: Clock; random: Random },
): Promise<void> {
  const waitsBefore = attempts.filter((attempt) => attempt.backoffMs !== undefined).length;
  const ms = Math.round(backoffMs(waitsBefore, random));
  const last = attempts.pop();
  if (last !== undefined) attempts.push({ ...last, backoffMs: ms });
  await clock.sleep(ms, signal);
}

/** Of several providers' shortages the one that ends first, if any of them ends by itself. */
function sooner(a: Shortage | undefined, b: Shortage): Shortage {
  if (a === undefined) return b;
  return (b.retryAfterMs ?? Infinity) < (a.retryAfterMs ?? Infinity) ? b : a;
}

function traceOf(
  facts: { pool: Pool; lease: Lease; startMs: number; candidates: number },
  outcome: Outcome,
  verdict: Verdict,
  settled: Settled,
  durationMs: number,
): AttemptTrace {
  const { pool, lease } = facts;
  const error = describeOutcome(lease.key, outcome);
  return {
    provider: pool.config.provider,
    keyId: lease.key.config.keyId,
    keyHint: lease.key.config.hint,
    ...(lease.egress !== undefined && {
      egressId: lease.egress.egress.config.egressId,
      egressHint: lease.egress.egress.config.hint,
    }),
    policy: pool.config.policy,
    keys: pool.size,
    candidates: facts.candidates,
    skipped: lease.skipped,
    skippedMore: lease.skippedMore,
    startMs: facts.startMs,
    durationMs,
    verdict: verdict.name,
    ...('status' in outcome && { status: outcome.status }),
    ...(error !== undefined && { error }),
    ...(settled.effect !== undefined && { effect: settled.effect }),
  };
}

/** What went wrong, in words without the key; undefined if nothing can be said. */
export function describeOutcome(key: KeyState, outcome: Outcome): string | undefined {
  if (outcome.kind === 'timeout') return `no ${outcome.phase === 'headers' ? 'answer' : 'event'} in time`;
  if ('message' in outcome) return withoutSecret(key, outcome.message);
  if (!('status' in outcome) || outcome.error === undefined) return undefined;
  return describeFailure(key, outcome.status, outcome.error);
}
