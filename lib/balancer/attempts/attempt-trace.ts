import type { Settled } from '../attribution/attribution-parts';
import type { KeyState } from '../pool/key-state';
import type { Lease } from '../pool/lease';
import type { ObjectOwner } from '../pool/object-owner';
import type { Pool } from '../pool/pool';
import { describeFailure, withoutSecret } from '../attribution/redaction';
import type { AttemptTrace } from './trace';
import type { Outcome, Verdict } from './verdict';

/** What was known of an attempt when it began. */
export interface AttemptStart {
  readonly pool: Pool;
  readonly lease: Lease;
  readonly owner: ObjectOwner | undefined;
  /** The name that the request asks for. */
  readonly modelAsked: string;
  /** Since the request began. */
  readonly startMs: number;
  /** Keys of the pool that were not disabled. */
  readonly candidates: number;
  /** It was sent because another one had not been answered for long. */
  readonly isHedge: boolean;
}

/** The story of an attempt, without any secret. */
export function traceOf(
  { pool, lease, owner, modelAsked, startMs, candidates, isHedge }: AttemptStart,
  outcome: Outcome,
  verdict: Verdict,
  settled: Settled,
  durationMs: number,
): AttemptTrace {
  const egress = lease.egress?.egress.config;
  // All members at once, though some are undefined: spreading takes several times as long.
  return {
    provider: pool.config.provider,
    model: lease.model === modelAsked ? undefined : lease.model,
    keyId: lease.key.config.keyId,
    keyHint: lease.key.config.hint,
    egressId: egress?.egressId,
    egressHint: egress?.hint,
    policy: pool.config.policy,
    // A key may be asked for its own part of a list, too.
    ownerOf: owner?.objectId || undefined,
    keys: pool.size,
    candidates,
    skipped: lease.skipped,
    skippedMore: lease.skippedMore,
    startMs,
    durationMs,
    isHedge: isHedge || undefined,
    verdict: verdict.name,
    status: 'status' in outcome ? outcome.status : undefined,
    upstreamId: outcome.kind === 'answer' ? outcome.upstreamId : undefined,
    error: describeOutcome(lease.key, outcome),
    effect: settled.effect,
  };
}

const TIMEOUTS = {
  headers: 'no answer in time',
  first_event: 'no event in time',
  first_token: 'no content in time',
};

/** What went wrong, in words without the key; undefined if nothing can be said. */
export function describeOutcome(key: KeyState, outcome: Outcome): string | undefined {
  if (outcome.kind === 'timeout') return TIMEOUTS[outcome.phase];
  if ('message' in outcome) return withoutSecret(key, outcome.message);
  if (outcome.kind !== 'answer' || outcome.facts.subject === 'answer') return undefined;
  const { code, message } = outcome.facts;
  if (code === undefined && message === undefined) return undefined;
  return describeFailure(key, outcome.status, outcome.facts);
}
