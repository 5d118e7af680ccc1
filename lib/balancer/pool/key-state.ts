import type { Disabled } from '../health/disabled';
import type { EgressState } from '../egress/state';
import type { Limits } from '../limits/limits';
import { Account } from '../limits/account';
import type { EffectiveLimits } from '../limits/effective-limits';
import type { HalfOpenProbe } from '../health/half-open';

/** What is configured of a key; immutable. */
export interface KeyConfig {
  readonly keyId: string;
  /** The key itself. Goes into the upstream request and nowhere else: no trace, event or log. */
  readonly secret: string;
  /** How the key is shown: `sk-abc...wxyz`. */
  readonly hint: string;
  /** The one egress proxy that it goes through; undefined leaves the choice to the provider's binding. */
  readonly egressId?: string | undefined;
  /** Share of the traffic under the `weighted` policy, relative to the other keys; 1 by default. */
  readonly weight: number;
  /** What it may use; where it says nothing, its provider's do. */
  readonly limits?: Limits | undefined;
  /** Keys of the same account share its limits and own each other's objects; undefined if no one has named it. */
  readonly account?: string | undefined;
}

/** What outlives a restart. */
export interface SavedKeyState {
  readonly disabled: Disabled | undefined;
  readonly failures: number;
  /** How often a person has switched the key, here or elsewhere; 0 unless given. */
  readonly epoch?: number;
  /** Milliseconds since the epoch; 0 for none. */
  readonly cooldownUntil: number;
  readonly modelCooldowns: Readonly<Record<string, number>>;
  readonly requestCount: number;
  readonly errorCount: number;
  readonly lastUsedAt: number | undefined;
  readonly lastErrorAt: number | undefined;
  readonly lastErrorStatus: number | undefined;
  /** What its account used of its limits in the minute and the day that last, as JSON that the balancer alone reads. */
  readonly uses?: string | undefined;
}

/** A timed rest. `inARow` counts rests without a success between, for doubling. */
export interface Cooldown {
  /** Milliseconds since the epoch; 0 for none. */
  until: number;
  inARow: number;
  /** The last half-open probe given out after it; undefined until the first. */
  probe: HalfOpenProbe | undefined;
}

/** Failures that lie back a little: each counted as one when it came, and less and less since. */
export interface FadingFailures {
  readonly count: number;
  /** When `count` was true. */
  readonly at: number;
}

/** A key with its live state. The pool that owns it is the only writer. */
export interface KeyState {
  config: KeyConfig;
  disabled: Disabled | undefined;
  /** The same as it was last written down or read: another object means that what is known here is newer. */
  writtenDisabled: Disabled | undefined;
  /** Consecutive failures; any success sets it to 0. */
  failures: number;
  /** When the last of them was counted; milliseconds since the epoch, undefined for never. */
  countedAt: number | undefined;
  /** How often a person has switched it: what was seen before the last time is not written down. */
  epoch: number;
  readonly cooldown: Cooldown;
  /** By model; undefined until the first, because most keys never have one. */
  modelCooldowns: Map<string, Cooldown> | undefined;
  inFlight: number;
  /** At other instances, as they last said: shown, and nothing else. */
  inFlightElsewhere: number;
  /** Undefined until the first. */
  recentFailures: FadingFailures | undefined;
  requestCount: number;
  errorCount: number;
  /** What of the two counts has been taken over to be written down. Whoever does that changes them, and nobody else. */
  savedRequestCount: number;
  savedErrorCount: number;
  lastUsedAt: number | undefined;
  lastErrorAt: number | undefined;
  lastErrorStatus: number | undefined;
  /** Which version of its account's uses has been taken over to be written down; changed as the two counts above are. */
  writtenUses: number;
  /**
   * Its last rejection, and the proxy it came through: the next request goes through another one, to tell whose doing
   * it is.
   */
  rejection: { readonly egress: EgressState; readonly reason: string } | undefined;
  /** What limits it. */
  limits: EffectiveLimits | undefined;
  /**
   * What is used of its limits, and known of them; keys of one account share it. Undefined while it has no limits, no
   * named account and no requests: many of 50,000 keys never get there. `accountOf` makes it.
   */
  account: Account | undefined;
  /** Index in the pool's rotation; -1 while disabled. */
  rotationIndex: number;
}

const NEVER_USED: SavedKeyState = {
  disabled: undefined,
  failures: 0,
  cooldownUntil: 0,
  modelCooldowns: {},
  requestCount: 0,
  errorCount: 0,
  lastUsedAt: undefined,
  lastErrorAt: undefined,
  lastErrorStatus: undefined,
};

export function newKeyState(config: KeyConfig, saved = NEVER_USED): KeyState {
  const modelCooldowns = Object.entries(saved.modelCooldowns);
  return {
    config,
    disabled: saved.disabled,
    writtenDisabled: saved.disabled,
    failures: saved.failures,
    countedAt: undefined,
    epoch: saved.epoch ?? 0,
    cooldown: newCooldown(saved.cooldownUntil),
    modelCooldowns:
      modelCooldowns.length === 0
        ? undefined
        : new Map(modelCooldowns.map(([model, until]) => [model, newCooldown(until)])),
    inFlight: 0,
    inFlightElsewhere: 0,
    recentFailures: undefined,
    requestCount: saved.requestCount,
    errorCount: saved.errorCount,
    savedRequestCount: saved.requestCount,
    savedErrorCount: saved.errorCount,
    lastUsedAt: saved.lastUsedAt,
    lastErrorAt: saved.lastErrorAt,
    lastErrorStatus: saved.lastErrorStatus,
    writtenUses: 0,
    rejection: undefined,
    limits: undefined,
    account: undefined,
    rotationIndex: -1,
  };
}

/** The key's account, from now on one that is noted. */
export function accountOf(key: KeyState): Account {
  return (key.account ??= new Account());
}

/** Changes with what its account has used. */
export function usesVersion({ account }: KeyState): number {
  return account?.sharedUse.version ?? 0;
}

/** Whether they draw on the same limits, and own each other's objects. */
export function isSameAccount(one: KeyState, other: KeyState): boolean {
  return one === other || (one.account !== undefined && one.account === other.account);
}

export function newCooldown(until = 0): Cooldown {
  return { until, inARow: 0, probe: undefined };
}

/** The part of the state that a restart must not lose; cooldowns already over are left out. */
export function savedStateOf(key: KeyState, now: number): SavedKeyState {
  const cooldowns = [...(key.modelCooldowns ?? [])].filter(([, { until }]) => until > now);
  return {
    disabled: key.disabled,
    failures: key.failures,
    cooldownUntil: key.cooldown.until > now ? key.cooldown.until : 0,
    // As an own member whatever the model is called: clients make names up.
    modelCooldowns: Object.fromEntries(cooldowns.map(([model, { until }]) => [model, until])),
    requestCount: key.requestCount,
    errorCount: key.errorCount,
    lastUsedAt: key.lastUsedAt,
    lastErrorAt: key.lastErrorAt,
    lastErrorStatus: key.lastErrorStatus,
    uses: key.account?.saved(now, key.config.account === undefined),
  };
}
