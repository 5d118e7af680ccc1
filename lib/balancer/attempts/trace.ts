import type { UnavailableReason } from '../pool/available';
import type { OwnerTrouble } from '../pool/object-owner';
import type { VerdictName } from './verdict';

/**
 * `suspected`: not used for probing the provider, because it may itself be what failed. `half_open`: its cooldown is
 * over, and one request is finding out whether it is healthy. `unproven`: nobody is finding that out yet, but this
 * request has failed once and takes no risk. `model_denied`: it has said lately that it may not use the model.
 * `no_egress`: no proxy that it may go through is left. `egress_unwell`: the proxy that it is pinned to rests or is out
 * of use.
 */
export type SkipReason =
  | UnavailableReason
  | 'tried'
  | 'suspected'
  | 'half_open'
  | 'unproven'
  | 'model_denied'
  | 'no_egress'
  | 'egress_unwell';

/** A key that was looked at before the chosen one, and why it was passed over. */
export interface SkippedKey {
  readonly keyId: string;
  readonly hint: string;
  readonly reason: SkipReason;
  /** When its rest ends; milliseconds since the epoch. */
  readonly until?: number;
}

/** The story of one attempt, for the request log. Holds hints, never keys. */
export interface AttemptTrace {
  readonly provider: string;
  /** What the model is called there, if that is not the name asked for. */
  readonly model?: string | undefined;
  readonly keyId: string;
  readonly keyHint: string;
  /** The egress proxy, and its address without the password; absent for a direct connection. */
  readonly egressId?: string | undefined;
  readonly egressHint?: string | undefined;
  readonly policy: string;
  /** The key was taken because it owns this object. */
  readonly ownerOf?: string | undefined;
  /** Keys of the pool, and those of them that were not disabled. */
  readonly keys: number;
  readonly candidates: number;
  readonly skipped: readonly SkippedKey[];
  /** How many more were passed over than `skipped` lists. */
  readonly skippedMore: number;
  /** Since the request began. */
  readonly startMs: number;
  readonly durationMs: number;
  /** Sent beside another attempt, which had not been answered for long. */
  readonly isHedge?: true | undefined;
  readonly verdict: VerdictName;
  readonly status?: number | undefined;
  /** The provider's own id of its answer. */
  readonly upstreamId?: string | undefined;
  readonly error?: string | undefined;
  /** What the key suffered, in words: "rests 2 s for gpt-4o". */
  readonly effect?: string | undefined;
  readonly backoffMs?: number;
}

/** A provider that could not be asked at all, and why. */
export interface SkippedProvider {
  readonly provider: string;
  /** What the model is called there, if that is not the name asked for. */
  readonly model?: string | undefined;
  readonly reason: ShortageReason;
  readonly retryAfterMs?: number;
  readonly owner?: OwnerTrouble;
}

/**
 * `model_resting`: the provider fails for this model alone, and is not asked for it for a while. `owner_unavailable`:
 * the key whose object the request names is disabled or gone.
 */
export type ShortageReason =
  | 'no_keys'
  | 'all_disabled'
  | 'all_cooling'
  | 'breaker_open'
  | 'model_resting'
  | 'no_egress'
  | 'owner_unavailable';

/** A wait for a key that would be available soon. */
export interface WaitTrace {
  readonly provider: string;
  /** What it waited for to be over. */
  readonly reason: ShortageReason;
  /** Since the request began. */
  readonly startMs: number;
  readonly durationMs: number;
  /** `shortage`: nothing was free in time; `left`: its client went. */
  readonly end: 'served' | 'shortage' | 'left';
}

export interface RequestTrace {
  readonly attempts: readonly AttemptTrace[];
  readonly skippedProviders: readonly SkippedProvider[];
  /** Absent if it waited for no key. */
  readonly waits?: readonly WaitTrace[] | undefined;
  /** Of a conversation over a WebSocket; absent of every other request. */
  readonly socket?: SocketTrace | undefined;
}

/** Messages that passed, as the client sent and received them. */
export interface SocketTrace {
  readonly framesSent: number;
  readonly framesReceived: number;
}
