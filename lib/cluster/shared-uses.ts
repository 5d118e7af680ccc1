import { SILENT, type BalancerEvents } from '../balancer/events';
import { OthersAccount } from '../balancer/limits/others-use';
import type { HeardTaken } from '../balancer/limits/saved-account';
import { Holders, tokenHolderId, type Holder, type HolderPlaces, type Limited } from './holders';
import type { Instance } from './instances';
import type { Message } from './messages';
import { SecondsBehind } from './seconds-behind';

type UseMessage = Extract<Message, { kind: 'use' }>;
type UseBefore = Extract<Message, { kind: 'use_before' }>;

/** No window of a limit is longer. */
const LONGEST_MS = 26 * 3_600_000;

export interface SharedUsesParts extends HolderPlaces {
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
  readonly #followed = new WeakMap<Holder, string>();
  readonly #told = new WeakMap<Holder, Map<string, OthersAccount>>();
  /** The clocks of other processes. */
  readonly #clocks = new Map<string, SecondsBehind>();
  /** Names of instances by their processes. */
  readonly #known = new Map<string, string>();
  /** Those that are gone and have not come back. */
  readonly #gone = new Map<string, { readonly name: string; readonly at: number }>();

  readonly #holders: Holders;

  constructor(private readonly parts: SharedUsesParts) {
    this.#holders = new Holders(parts);
  }

  /** Hears of everything here. */
  readonly events: BalancerEvents = {
    ...SILENT,
    keyChanged: (_, { limits, account, config }) => {
      if (limits === undefined || account === undefined) return;
      this.#followed.set(account, config.keyId);
      if (account.sharedUse.onChange !== undefined) return;
      account.sharedUse.onChange = () => this.#tell(account);
      this.#tell(account);
    },
  };

  /** A client token has limits. */
  followToken(id: string, holder: Holder): void {
    this.#followed.set(holder, tokenHolderId(id));
    holder.sharedUse.onChange = () => this.#tell(holder);
  }

  /** Everything, for those who may not have heard of it. */
  tellAll(): void {
    const now = this.parts.now();
    for (const { id, holder } of this.#holders.limited()) {
      // What it has used before a restart was not told by this process.
      if (!this.#followed.has(holder) && holder.sharedUse.isInUse(now)) this.#followed.set(holder, id);
      this.#tell(holder, true);
    }
  }

  /** From another instance, or what this one has told itself. */
  take({ keyId, use, by }: UseMessage, from: string, ageMs: number, isOwn: boolean): void {
    const account = this.#holders.of(keyId);
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
  #answer(account: Holder, keyId: string): void {
    if (!this.#followed.has(account)) this.#followed.set(account, keyId);
    this.#tell(account);
  }

  /** From now on it counts as it is told, and not as it was saved. */
  #saved(account: Holder, by: string | undefined): OthersAccount | undefined {
    return by === undefined || by === this.parts.self ? undefined : account.sharedUse.takeSaved(by);
  }

  #clockOf(id: string): SecondsBehind {
    const clock = this.#clocks.get(id) ?? new SecondsBehind();
    this.#clocks.set(id, clock);
    return clock;
  }

  /** What this one told before it was started anew, as another has heard it. */
  recall({ keyId, of, use }: UseBefore, ageMs: number): void {
    const account = of === this.parts.self ? this.#holders.of(keyId) : undefined;
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
    for (const { holder: account } of this.#holders.all()) {
      account.sharedUse.hearers.forgetAll();
      const ofAccount = this.#told.get(account);
      if (ofAccount === undefined) continue;
      for (const id of ofAccount.keys()) if (this.#known.has(id)) ofAccount.delete(id);
      account.sharedUse.countOthers([...ofAccount.values()]);
    }
  }

  #end(id: string): void {
    this.#clocks.delete(id);
    for (const { holder: account } of this.#holders.all()) {
      account.sharedUse.hearers.forget(id);
      this.#told.get(account)?.get(id)?.ended();
    }
  }

  #lookForGone(idOf: ReadonlyMap<string, string>): void {
    for (const [id, { name, at }] of this.#gone) {
      const backAs = idOf.get(name);
      if (backAs === undefined && this.parts.now() - at < LONGEST_MS) continue;
      this.#gone.delete(id);
      for (const one of this.#holders.all())
        this.#drop(id, one, backAs === undefined ? undefined : { id: backAs, name });
    }
  }

  /** `back`: the same one, which was started anew. */
  #drop(id: string, { holder, id: ofWhat }: Limited, back: Pick<Instance, 'id' | 'name'> | undefined): void {
    const ofAccount = this.#told.get(holder);
    const other = ofAccount?.get(id);
    if (ofAccount === undefined || other === undefined) return;
    ofAccount.delete(id);
    if (back !== undefined) {
      this.#remind(ofWhat, back.name, other);
      other.taken = undefined;
      if (!ofAccount.has(back.id)) ofAccount.set(back.id, other);
    }
    holder.sharedUse.countOthers([...ofAccount.values()]);
  }

  #remind(keyId: string, of: string, other: OthersAccount): void {
    const use = other.told(this.parts.now());
    this.parts.send(`before:${of} ${keyId}`, () => ({ kind: 'use_before', keyId, of, use }));
  }

  #tell(account: Holder, isWhole = false): void {
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
  #heard(account: Holder, isWhole: boolean): HeardTaken[] {
    const heard: HeardTaken[] = [];
    for (const [id, other] of this.#told.get(account) ?? []) {
      if (other.taken === undefined || (!isWhole && !other.wantsAnswer)) continue;
      other.wantsAnswer = false;
      heard.push([id, ...other.taken]);
    }
    return heard;
  }
}
