import type { Egresses } from '../balancer/egress/egresses';
import type { Capacity } from '../balancer/limits/capacity';
import type { UseLimits } from '../balancer/limits/limits';
import type { Pool } from '../balancer/pool/pool';
import type { Crowd } from '../balancer/waiting/waiting-room';
import type { Asked, Asker } from '../auth/asker';
import type { Role } from '../auth/role';
import type { AlertReceiver } from '../config/alert-rules';
import type { AlertState, Delivered } from '../alerts/alert-state';
import type { LiveSettings, SetResult, SettingsPatch } from '../config/live-settings';
import type { AttentionOf } from './contract/stats';
import type { InstanceItem } from './contract/instances';
import type { Jobs } from '../jobs/jobs';
import type { AskedAddress, ModelsAnswer } from '../probing/ask-models';
import type { EgressProbing } from '../probing/egress/probe-egress';
import type { KeyProber } from '../probing/keys/probe-keys';
import type { Tasks } from '../tasks/tasks';
import type { ApiKeyRow } from '../store/keys/key-row';
import type { ClientTokenRow } from '../store/client-token-row';
import type { EgressRow, ProviderRow } from '../store/rows';
import type { Store } from '../store/open-store';
import type { UsageBook } from '../store/usage/usage-book';
import type { AnswerCache } from './answer-cache';
import type { LiveTime } from './live-time';
import type { LiveHub } from './live/hub';
import type { Minute, RateMeter } from './live/rate-meter';
import type { FailureShares } from './stats/failure-shares';
import type { OutageTolls } from './stats/outage-tolls';
import type { Price } from '../pricing/price-book';
import type { SettingsRevisions } from './settings/revisions';

/**
 * The store as verbs see it: what they change goes through `change` or `changeInSteps`, which leave an entry in the
 * audit list.
 */
export interface AdminStore extends Omit<Store, 'upkeep' | 'keepUp' | 'requestLogs' | 'errorLogs'> {
  readonly requestLogs: Omit<Store['requestLogs'], LogWriting>;
  readonly errorLogs: Omit<Store['errorLogs'], LogWriting>;
}

/** What changes them has an entry in the audit list. */
export interface AdminSettings extends LiveSettings {
  set(patch: SettingsPatch, asked: Asked): Promise<SetResult>;
}

type LogWriting = 'insertMany' | 'deleteOlderThan' | 'removeMany';

/** What there is, in memory. The rows hold secrets: nothing of them goes out but through the `...Item` functions. */
export interface InventoryView {
  readonly providers: readonly ProviderRow[];
  /**
   * By provider id, then by key id, in the order they were added. The live state in the rows is old: pools know better.
   */
  readonly keys: ReadonlyMap<string, ReadonlyMap<string, ApiKeyRow>>;
  readonly egresses: readonly EgressRow[];
  readonly clientTokens: readonly ClientTokenRow[];
}

/** Puts in force what has just been written to the store. */
export interface InventoryEditing {
  readonly inventory: InventoryView;
  addKeys(rows: readonly ApiKeyRow[]): void;
  removeKeys(rows: readonly ApiKeyRow[]): void;
  replaceKey(row: ApiKeyRow): void;
  reloadProviders(): Promise<void>;
  reloadEgresses(): Promise<void>;
  reloadClientTokens(): Promise<void>;
}

export interface AdminConfiguration {
  readonly inventory: InventoryView;
  /** Client tokens that the settings name, or the one that was made because there was none. */
  readonly settingsTokens: readonly {
    readonly id: string;
    readonly value: string;
    readonly isMade: boolean;
  }[];
  readonly adminToken: string;
  /** All that let a client in; those of the settings have no name. */
  readonly namedTokens: readonly { readonly id: string; readonly name: string; readonly hint: string }[];
  /** Runs `work` while no other change does. What it told the editor is in force when the promise settles. */
  change<T>(work: (editor: InventoryEditing) => Promise<T>): Promise<T>;
  /**
   * Puts in force settings and all else as they stand in the database, in one step. Not within a change. Rejects if the
   * database cannot be read.
   */
  takeOver(onUnreadable: (what: string, id: string) => void): Promise<void>;
  /** Resolves when the changes so far are in force. */
  settled(): Promise<void>;
}

/** What models cost, and the list that says so. */
export interface AdminPrices {
  readonly inUse: {
    readonly source: 'package' | 'fetched' | 'file';
    readonly at: number;
    readonly models: number;
    readonly problem: string | undefined;
  };
  /** Fetches the list for all instances. Never rejects but for the database; a failure changes nothing. */
  fetch(signal: AbortSignal): Promise<{ readonly ok: true } | { readonly ok: false; readonly why: string }>;
  priceOf(provider: string, model: string, at: number): Price | undefined;
}

/** Those who are told of incidents. */
export interface AdminAlerts {
  /** What each was last told, by id, whichever instance has told it. */
  states(): Promise<ReadonlyMap<string, AlertState>>;
  /** Sends a message at once, whatever the hour. Never rejects. */
  test(receiver: AlertReceiver, signal: AbortSignal): Promise<Delivered>;
  /** Runs `work` while no other change of the receivers does. */
  edit<T>(work: () => Promise<T>): Promise<T>;
}

/** The instances that share the database, as far as this one hears of them. */
export interface Instances {
  /** Undefined for one process without Redis. Times are steady; milliseconds. */
  readonly state:
    | { readonly name: 'shared'; readonly since: number }
    | { readonly name: 'local'; readonly since: number; readonly reason: string }
    | undefined;
  /** Not by a Redis, but between the processes of this machine. */
  readonly onMachine: boolean;
  readonly selfId: string;
  /** Others may use the same database, and nothing is heard of them. */
  readonly isUnheard: boolean;
  /** What the others have in flight, as they last said, and have done in the last minute. */
  readonly elsewhere: {
    readonly inFlight: number;
    readonly waiting: number;
    readonly minutes: readonly Minute[];
    /** What `ownTroubles` says at the others. */
    readonly troubles: readonly Readonly<Record<string, unknown>>[];
  };
  /** All that live, this one included; this one alone while nothing is heard of the others. */
  list(): readonly (Omit<InstanceItem, 'isThis' | 'startedAt'> & {
    /** How long it has run; milliseconds. */
    readonly upMs: number;
  })[];
}

/** The running program as the verbs see it; `lib/runtime` fulfils it. */
export interface AdminParts {
  readonly version: string;
  readonly now: () => number;
  readonly liveTime: LiveTime;
  readonly store: AdminStore;
  readonly settings: AdminSettings;
  readonly revisions: SettingsRevisions;
  readonly configuration: AdminConfiguration;
  /** By provider id. */
  readonly pools: ReadonlyMap<string, Pool>;
  readonly egresses: Egresses;
  readonly egressProbing: EgressProbing;
  readonly keyProber: Pick<KeyProber, 'verify' | 'verifyKey'>;
  readonly tasks: Tasks;
  readonly jobs: Jobs;
  readonly instances: Instances;
  readonly rates: RateMeter;
  readonly tolls: OutageTolls;
  readonly shares: FailureShares;
  readonly cache: AnswerCache;
  readonly live: LiveHub;
  /** The statistics as they are, what is not in the store yet as well. */
  readonly usage: Pick<UsageBook, 'read'>;
  /** What client tokens have spent of their budgets and use of their limits, at all instances. */
  readonly spending: {
    /** In the period of that name. */
    of(
      tokenId: string,
      period: string,
    ): { readonly nano: number; readonly tokens: number; readonly requests: number };
    /** It was decided that nothing is spent, and that is written under this name. */
    reset(tokenId: string, stored: string): void;
    capacityOf(tokenId: string, limits: UseLimits): Capacity;
  };
  /** What this instance lacks now, and since when; milliseconds since the epoch. */
  readonly shortages: () => readonly { readonly of: AttentionOf<'shortage'>['of']; readonly since: number }[];
  readonly alerts: AdminAlerts;
  readonly tokenUse: (id: string) => { readonly requestCount: number; readonly lastUsedAt: number | null };
  readonly prices: AdminPrices;
  /** Requests that are being served. */
  readonly inFlight: () => number;
  /** How many of them wait for a key, and those that wait for one of that pool. */
  readonly waiting: () => number;
  readonly crowdOf: (pool: Pool) => Crowd | undefined;
  /** Asks the provider for its models, the way its requests go. Never rejects. */
  readonly askModels: (providerId: string, signal: AbortSignal) => Promise<ModelsAnswer>;
  /** Asks an address that no provider has yet, directly or through the shared proxies. Never rejects. */
  readonly askAddress: (address: AskedAddress, signal: AbortSignal) => Promise<ModelsAnswer>;
  /** What waits in memory to be logged is in the store. */
  readonly flushLogs: () => Promise<void>;
  /**
   * What has finished before the call can be read in the log, as far as the database takes it. Waits a moment at most;
   * never rejects.
   */
  readonly catchUpLogs: () => Promise<void>;
  /**
   * What is counted of keys and tokens is that of all instances. Waits a moment at most; never rejects. Without others
   * it does nothing.
   */
  readonly catchUpCounts: () => Promise<void>;
  /** What waits in memory of the keys' live state is in the store. */
  readonly flushKeyStates: () => Promise<void>;
  readonly onError: (error: unknown, what: string) => void;
}

/** Who sent the request. */
export type AdminCaller = Exclude<Asker, { readonly by: 'command' }> & {
  /** By the settings at the time of the request. */
  readonly role: Role;
  /** To show: whom the OpenID provider has sent; null for the admin token. */
  readonly name: string | null;
  /** When the session ends; milliseconds since the epoch, null for a bearer token. */
  readonly expiresAt: number | null;
  /** Since it was looked at, the session was signed out of, or lost the role that all of it needs. */
  readonly isOver: () => boolean;
  /** Fires when the caller has gone. */
  readonly signal: AbortSignal;
};

/** What each verb is given. */
export interface AdminContext extends AdminParts {
  readonly caller: AdminCaller;
}

/**
 * One thing that can be done: takes checked input, returns what the contract says, throws an AdminError or a
 * StoreError.
 */
export type Verb<Input, Answer> = (context: AdminContext, input: Input) => Promise<Answer> | Answer;
