import { SILENT, type BalancerEvents } from '../balancer/events';
import type { Account } from '../balancer/limits/account';
import { OthersAccount } from '../balancer/limits/others-use';
import type { HeardTaken } from '../balancer/limits/saved-account';
import type { KeyState } from '../balancer/pool/key-state';
import type { Pool } from '../balancer/pool/pool';
import type { Instance } from './instances';
import type { Message } from './messages';
import { SecondsBehind } from './seconds-behind';

type UseMessage = Extract<Message, { kind: 'use' }>;
type UseBefore = Extract<Message, { kind: 'use_before' }>;

/** No window of a limit is longer. */
const LONGEST_MS = 26 * 3_600_000;

export interface SharedUsesParts {
  readonly pools: ReadonlyMap<string, Pool>;
  /** Names this process among all. */
  readonly selfId: string;
  /** What this process is called; stays over restarts. */
  readonly self: string;
  /** Steady; milliseconds. */
  readonly now: () => number;
  /** For all others: what `make` gives when it is sent. What was to be sent of that name before is not. */
  readonly send: (name: string, make: () => Message) => void;
}

/** Tells others what is used of the limits that are set, and counts what they use. */
export class SharedUses {
  /** By one of its keys. */
  readonly #followed = new WeakMap<Account, string>();
  readonly #told = new WeakMap<Account, Map<string, OthersAccount>>();
  /** The clocks of other processes. */
  readonly #clocks = new Map<string, SecondsBehind>();
  /** Names of instances by their processes. */
  readonly #known = new Map<string, string>();
  /** Those that are gone and have not come back. */
  readonly #gone = new Map<string, { readonly name: string; readonly at: number }>();

  constructor(private readonly parts: SharedUsesParts) {}

  /** Hears of everything here. */
  readonly events: BalancerEvents = {
    ...SILENT,
    keyChanged: (_, { limits, account, config }) => {
      if (limits === undefined) return;
      this.#followed.set(account, config.keyId);
      if (account.sharedUse.onChange !== undefined) return;
      account.sharedUse.onChange = () => this.#tell(account);
      this.#tell(account);
    },
  };

  /** Everything, for those who may not have heard of it. */
  tellAll(): void {
    const now = this.parts.now();
    for (const { limits, account, config } of this.#keys()) {
      if (limits === undefined) continue;
      // What it has used before a restart was not told by this process.
      if (!this.#followed.has(account) && account.sharedUse.isInUse(now))
        this.#followed.set(account, config.keyId);
      this.#tell(account, true);
    }
  }

  /** From another instance, or what this one has told itself. */
  take({ keyId, use, by }: UseMessage, from: string, ageMs: number, isOwn: boolean): void {
    const account = this.#accountOf(keyId);
    if (account === undefined) return;
    if (isOwn) return account.sharedUse.hearers.heard(from, use.taken);
    const ofAccount = this.#told.get(account) ?? new Map<string, OthersAccount>();
    this.#told.set(account, ofAccount);
    const isNew = !ofAccount.has(from);
    const other = ofAccount.get(from) ?? this.#saved(account, by) ?? new OthersAccount();
    ofAccount.set(from, other);
    const now = this.parts.now();
    if (other.take(use, this.#clockOf(from).after(now - ageMs - use.at, now), now) || isNew)
      account.sharedUse.countOthers([...ofAccount.values()]);
    if (other.hears(use.taken)) this.#answer(account, keyId);
    for (const [id, ...taken] of use.heard ?? [])
      if (id === this.parts.selfId) account.sharedUse.hearers.heard(from, taken);
  }

  /** Whoever takes of an account waits until all have said that they have heard of it. */
  #answer(account: Account, keyId: string): void {
    if (!this.#followed.has(account)) this.#followed.set(account, keyId);
    this.#tell(account);
  }

  /** From now on it counts as it is told, and not as it was saved. */
  #saved(account: Account, by: string | undefined): OthersAccount | undefined {
    return by === undefined || by === this.parts.self ? undefined : account.sharedUse.takeSaved(by);
  }

  #clockOf(id: string): SecondsBehind {
    const clock = this.#clocks.get(id) ?? new SecondsBehind();
    this.#clocks.set(id, clock);
    return clock;
  }

  /** What this one told before it was started anew, as another has heard it. */
  recall({ keyId, of, use }: UseBefore, ageMs: number): void {
    const account = of === this.parts.self ? this.#accountOf(keyId) : undefined;
    const now = this.parts.now();
    account?.sharedUse.recall(use, Math.round((now - ageMs - use.at) / 1_000), now);
  }

  /**
   * Who lives. What the others have used counts on; what they had in flight does not. One that has come back tells
   * itself what it knows: from then on nothing else of it counts.
   */
  live(instances: readonly Instance[]): void {
    const living = new Map(instances.map(({ id, name }) => [id, name]));
    const idOf = new Map(instances.map(({ id, name }) => [name, id]));
    for (const [id, name] of this.#known) {
      if (living.has(id)) continue;
      this.#known.delete(id);
      this.#gone.set(id, { name, at: this.parts.now() });
      this.#end(id);
    }
    for (const [id, name] of living) {
      this.#known.set(id, name);
      this.#gone.delete(id);
    }
    this.#lookForGone(idOf);
  }

  /**
   * Nothing is heard of the others: each that lives has its part of the limits, and what it uses is in that. What those
   * have used who do not live is in nobody's.
   */
  forgetOthers(): void {
    this.#clocks.clear();
    for (const account of this.#accounts()) {
      account.sharedUse.hearers.forgetAll();
      const ofAccount = this.#told.get(account);
      if (ofAccount === undefined) continue;
      for (const id of ofAccount.keys()) if (this.#known.has(id)) ofAccount.delete(id);
      account.sharedUse.countOthers([...ofAccount.values()]);
    }
  }

  #end(id: string): void {
    this.#clocks.delete(id);
    for (const account of this.#accounts()) {
      account.sharedUse.hearers.forget(id);
      this.#told.get(account)?.get(id)?.ended();
    }
  }

  #lookForGone(idOf: ReadonlyMap<string, string>): void {
    for (const [id, { name, at }] of this.#gone) {
      const backAs = idOf.get(name);
      if (backAs === undefined && this.parts.now() - at < LONGEST_MS) continue;
      this.#gone.delete(id);
      for (const key of this.#keys())
        this.#drop(id, key, backAs === undefined ? undefined : { id: backAs, name });
    }
  }

  /** `back`: the same one, which was started anew. */
  #drop(id: string, { account, config }: KeyState, back: Pick<Instance, 'id' | 'name'> | undefined): void {
    const ofAccount = this.#told.get(account);
    const other = ofAccount?.get(id);
    if (ofAccount === undefined || other === undefined) return;
    ofAccount.delete(id);
    if (back !== undefined) {
      this.#remind(config.keyId, back.name, other);
      other.taken = undefined;
      if (!ofAccount.has(back.id)) ofAccount.set(back.id, other);
    }
    account.sharedUse.countOthers([...ofAccount.values()]);
  }

  #remind(keyId: string, of: string, other: OthersAccount): void {
    const use = other.told(this.parts.now());
    this.parts.send(`before:${of} ${keyId}`, () => ({ kind: 'use_before', keyId, of, use }));
  }

  *#keys(): Generator<KeyState> {
    for (const pool of this.parts.pools.values()) yield* pool.keys;
  }

  *#accounts(): Generator<Account> {
    for (const { account } of this.#keys()) yield account;
  }

  #accountOf(keyId: string): Account | undefined {
    for (const pool of this.parts.pools.values()) {
      const key = pool.key(keyId);
      if (key !== undefined) return key.account;
    }
    return undefined;
  }

  #tell(account: Account, isWhole = false): void {
    const keyId = this.#followed.get(account);
    if (keyId === undefined) return;
    const { send, now, self } = this.parts;
    const name = isWhole ? 'whole' : 'use';
    send(`${name}:${keyId}`, () => ({
      kind: 'use',
      keyId,
      by: self,
      use: account.sharedUse.told(now(), isWhole, this.#heard(account, isWhole)),
    }));
  }

  /** What others have taken, as this one has counted it; what they know of already only if it is to be `isWhole`. */
  #heard(account: Account, isWhole: boolean): HeardTaken[] {
    const heard: HeardTaken[] = [];
    for (const [id, other] of this.#told.get(account) ?? []) {
      if (other.taken === undefined || (!isWhole && !other.wantsAnswer)) continue;
      other.wantsAnswer = false;
      heard.push([id, ...other.taken]);
    }
    return heard;
  }
}
