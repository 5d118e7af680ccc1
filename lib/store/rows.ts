import type { Fallback } from '../balancer/routes/model-route';
import type { Limits } from '../balancer/limits/limits';
import type { ConfigSource } from './config-source';
import type { KeyState } from './keys/key-row';

/**
 * The plain rows that the rest of the program sees. Times are milliseconds since the epoch, durations are milliseconds,
 * sizes are bytes. Nothing of a driver shows in them.
 */

export interface ProviderRow {
  readonly id: string;
  /** Unique, lower-case, at most 64 characters. */
  readonly slug: string;
  readonly name: string;
  readonly baseUrl: string;
  readonly isEnabled: boolean;
  readonly source: ConfigSource;
  /** Order in lists and menus, ascending; ties go by slug. */
  readonly position: number;
  /** Key for listing models only. Encrypted at rest. */
  readonly modelRequestKey: string | null;
  /** Encrypted at rest. */
  readonly customHeaders: Readonly<Record<string, string>>;
  /** How it takes its key: `bearer`, the name of a header that is known, `header:<name>` or `query:<name>`. */
  readonly auth: string;
  /** Parameters that each of its requests gets. Encrypted at rest. */
  readonly query: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number | null;
  /** 0 is off. */
  readonly firstTokenTimeoutSeconds: number | null;
  readonly maxFailures: number | null;
  readonly maxRetries: number | null;
  readonly testModel: string | null;
  readonly selectionPolicy: string | null;
  /** Providers to try when this one has no available key. */
  readonly fallbacks: readonly Fallback[];
  readonly egress: ProviderEgress;
  /** What each of its keys may use that does not say otherwise itself. */
  readonly limits: Limits | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Starts at 1; one more with each update. */
  readonly version: number;
}

/** Which egress proxies a provider's requests go through. */
export type ProviderEgress =
  | { readonly mode: 'shared' }
  | { readonly mode: 'direct' }
  | { readonly mode: 'own'; readonly egressIds: readonly string[] };

/** Above the epoch of every key and proxy. */
export const ANY_EPOCH = 2 ** 31 - 1;

/** What is to be written of a key's state, field by field; what is left out is not touched. */
export interface KeyStateChange {
  readonly keyId: string;
  /** null: in the rotation. Unless it is a person's word, a key that a person has disabled stays as it is. */
  readonly disabled?: KeyDisabled | null;
  readonly isByPerson?: boolean;
  readonly failures?: number;
  readonly cooldowns?: Pick<KeyState, 'cooldownUntil' | 'modelCooldowns'>;
  /** Rests were taken back: `cooldowns` holds. Otherwise, where another process has written a later end, that does. */
  readonly isEased?: boolean;
  /** Takes the place of what the same process has written; what others have stays beside it. null: nobody's stays. */
  readonly uses?: string | null;
  /** The name of the process that has used so much; without it nothing else stays. */
  readonly usesBy?: string;
  /**
   * How often a person had switched the key when this was seen. If somebody has since, here or elsewhere, `disabled`,
   * failures and cooldowns stay as that left them. Without it they are written in any case.
   */
  readonly epoch?: number;
  /** Added to what is there; of the times the newer counts. */
  readonly counts?: KeyCounted;
}

export interface KeyDisabled {
  readonly by: 'auto' | 'manual';
  readonly reason: string;
}

export interface KeyCounted {
  readonly requests: number;
  readonly errors: number;
  readonly lastUsedAt: number | null;
  readonly lastErrorAt: number | null;
  readonly lastErrorStatus: number | null;
}
/** What an egress proxy was last seen like; has to outlive a restart. */
export interface EgressStateColumns {
  readonly isDisabled: boolean;
  readonly disabledBy: 'auto' | 'manual' | null;
  readonly reason: string | null;
  /** Failed checks in a row. */
  readonly failures: number;
  readonly checkedAt: number | null;
  readonly checkLatencyMs: number | null;
  readonly checkStatus: number | null;
  readonly checkError: string | null;
  /** How often a person has switched it. */
  readonly epoch: number;
}

/** What is to be written of a proxy's state; what is left out is not touched. */
export interface EgressStateChange {
  readonly id: string;
  /** null: in use. Unless it is a person's word, a proxy that a person has disabled stays as it is. */
  readonly disabled?: KeyDisabled | null;
  readonly isByPerson?: boolean;
  /** Failed checks in a row, and the last of them. */
  readonly check?: Omit<EgressStateColumns, 'isDisabled' | 'disabledBy' | 'reason' | 'epoch'>;
  /** As of a key. */
  readonly epoch?: number;
}

export interface EgressRow extends EgressStateColumns {
  readonly id: string;
  /** The address with user and password, decrypted. */
  readonly url: string;
  /** The address without the password. */
  readonly hint: string;
  readonly source: ConfigSource;
  /** False: only for the providers whose own list names it. */
  readonly isShared: boolean;
  readonly note: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Starts at 1; one more with each update by a person or the settings. */
  readonly version: number;
}

export interface SettingRow {
  readonly name: string;
  /** Raw text as its writer gave it. Always encrypted at rest. Null: nothing is set, the row only remembers. */
  readonly value: string | null;
  readonly source: 'environment' | 'file' | 'dashboard';
  /**
   * Digest of the text last applied from an environment: a new instance knows by it what is not new. Encrypted at rest.
   */
  readonly appliedEnvironment: string | null;
  /** The same of its `.env` file. What an instance itself applied is in a row of its own. */
  readonly appliedFile: string | null;
  readonly updatedAt: number;
}

export interface RequestLogRow {
  /** At most 32 ASCII characters, ascending with time, made by the caller. */
  readonly id: string;
  readonly at: number;
  readonly requestId: string;
  readonly method: string;
  readonly endpoint: string;
  readonly model: string | null;
  readonly isStream: boolean;
  /** Slug. */
  readonly provider: string | null;
  readonly keyId: string | null;
  readonly keyHint: string | null;
  readonly egressId: string | null;
  /** Hint of the client token, never the token. */
  readonly token: string | null;
  readonly status: number;
  readonly outcome: string;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  readonly attemptCount: number;
  /** JSON, made by the caller. */
  readonly attempts: string;
  readonly ttfbMs: number | null;
  readonly durationMs: number;
  readonly promptTokens: number | null;
  readonly cachedTokens: number | null;
  readonly completionTokens: number | null;
  readonly reasoningTokens: number | null;
  /** In billionths of a US dollar; null if its price was not known. */
  readonly costNano: number | null;
  readonly requestBytes: number;
  readonly responseBytes: number;
  /** The provider's own id of the last answer. */
  readonly upstreamId: string | null;
  /** The name of the model that was asked for, where `model` is another one: that was sent. */
  readonly modelAsked: string | null;
  /** The name of the model route. */
  readonly route: string | null;
}

export interface ErrorLogRow {
  /** At most 32 ASCII characters, ascending with time, made by the caller. */
  readonly id: string;
  readonly at: number;
  readonly requestId: string;
  readonly requestLogId: string;
  readonly provider: string | null;
  readonly keyId: string | null;
  readonly keyHint: string | null;
  readonly egressId: string | null;
  readonly model: string | null;
  readonly endpoint: string;
  readonly status: number | null;
  readonly verdict: string;
  readonly message: string;
  /** The provider's own id of its answer. */
  readonly upstreamId: string | null;
  /** Cut at 16 KB by the store, never inside a character. */
  readonly upstreamBody: string | null;
  /** Cut at 64 KB by the store, never inside a character. */
  readonly requestBody: string | null;
}

/** Longer model names are cut to this many characters wherever they are kept. */
export const MODEL_MAX = 191;

/**
 * How statistics are kept. Each request counts once for all keys and client tokens together (`minute`, later `hour`),
 * which takes few rows however many there are, once for its key (`key_min`, later `key_hour`), and once for its token
 * (`tok_min`, later by the quarter of an hour, the hour, six hours); the same holds for each attempt. `att_min` and
 * what follows it are by proxy and verdict: see usage-by-attempt.ts, also for what columns mean there. Soon each row
 * is added to sums from a quarter of an hour to eight days (`_s15`, `_s1`, `_s6`, `_s24`, `_s192`), and from then
 * on it goes by another name (`_ms`, `_qs`, `_hs`, `_6s`) and gets coarser under that: see usage-chains.ts.
 */
export type Resolution =
  | ('minute' | 'hour')
  | ('key_min' | 'key_hour')
  | ('tok_min' | 'tok_quar' | 'tok_hour' | 'tok_6h')
  | ('att_min' | 'att_quar' | 'att_hour' | 'att_6h')
  | `${'all' | 'key'}_${'ms' | 'hs'}`
  | `${'tok' | 'att'}_${'ms' | 'qs' | 'hs' | '6s'}`
  | `${'all' | 'tok' | 'att'}_s15`
  | `${'all' | 'key' | 'tok' | 'att'}_${'s1' | 's6' | 's24' | 's192'}`;

export interface UsageCounts {
  readonly requests: number;
  /** Dials of providers; a request makes none, one or more. */
  readonly attempts: number;
  /** Attempts that brought no answer, but for those where that was the client's doing. */
  readonly failedAttempts: number;
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly completionTokens: number;
  /** In billionths of a US dollar, of the requests whose price was known. */
  readonly costNano: number;
  /** Requests that used tokens whose price was not known. */
  readonly unpriced: number;
  readonly durationMsSum: number;
  readonly ttfbMsSum: number;
  /** Requests that had a first byte: the divisor of `ttfbMsSum`. */
  readonly ttfbCount: number;
  /** Counters, see latencyCounter. */
  readonly latency: readonly number[];
  /**
   * The shortest and the longest; null if they are not known, because they were not always kept. Mean nothing without
   * requests.
   */
  readonly latencyMinMs: number | null;
  readonly latencyMaxMs: number | null;
  /**
   * Requests that were answered whole though an attempt failed, a provider could not be asked, or after a wait for a
   * key; null if that is not known, because it was not always kept.
   */
  readonly rescued: number | null;
}

export interface UsageBucket {
  readonly resolution: Resolution;
  readonly bucketStart: number;
  /** Slug; empty when the request reached no provider. The same for `model`. */
  readonly provider: string;
  /** Empty for all keys together. */
  readonly keyId: string;
  /** At most 191 characters; longer ones are cut. */
  readonly model: string;
  /** A RequestClass; empty for attempts whose request is counted elsewhere. */
  readonly statusClass: string;
  /** The id of a client token, at most 64 characters; empty for all tokens together. */
  readonly token: string;
}

/** What to add to one bucket. */
export interface UsageDelta extends UsageBucket, UsageCounts {}

/** What one bucket holds. */
export interface UsageRollup extends UsageBucket, UsageCounts {}

export interface AuditRow {
  readonly id: string;
  readonly at: number;
  readonly actor: string;
  readonly action: string;
  readonly target: string;
  /** JSON, made by the caller, without secrets. */
  readonly detail: string;
}

/** A session of the dashboard that was signed out of. */
export interface SignedOutSession {
  readonly id: string;
  /** When it would have ended; milliseconds since the epoch. */
  readonly endsAt: number;
}
