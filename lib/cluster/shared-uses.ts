import { SILENT, type BalancerEvents } from '../balancer/events';
import type { Account } from '../balancer/limits/account';
import { OthersAccount } from '../balancer/limits/others-use';
import type { Pool } from '../balancer/pool/pool';
import type { Instance } from './instances';
import type { Message } from './messages';

type UseMessage = Extract<Message, { kind: 'use' }>;

export interface SharedUsesParts {
  readonly pools: ReadonlyMap<string, Pool>;
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
  /** Names of instances by their processes. */
  readonly #known = new Map<string, string>();

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
    for (const account of this.#accounts()) if (this.#followed.has(account)) this.#tell(account, true);
  }

  /** From another instance, or what this one has told itself. */
  take({ keyId, use }: UseMessage, from: string, ageMs: number, isOwn: boolean): void {
    const account = this.#accountOf(keyId);
    if (account === undefined) return;
    if (isOwn) return account.sharedUse.heard(use.taken);
    const ofAccount = this.#told.get(account) ?? new Map<string, OthersAccount>();
    this.#told.set(account, ofAccount);
    const known = ofAccount.get(from);
    const other = known ?? new OthersAccount();
    ofAccount.set(from, other);
    const now = this.parts.now();
    const behind = Math.round((now - ageMs - use.at) / 1_000);
    if (other.take(use, behind, now) || known === undefined)
      account.sharedUse.countOthers([...ofAccount.values()]);
  }

  /**
   * Who lives. What the others have used counts on; what they had in flight does not, and nothing of one that has come
   * back, for it tells itself what it knows.
   */
  live(instances: readonly Instance[]): void {
    const living = new Map(instances.map(({ id, name }) => [id, name]));
    const names = new Set(living.values());
    for (const [id, name] of this.#known) {
      if (living.has(id)) continue;
      this.#known.delete(id);
      this.#end(id, names.has(name));
    }
    for (const [id, name] of living) this.#known.set(id, name);
  }

  /** Nothing is heard of the others: each has its part of the limits, and what they use is in theirs. */
  forgetOthers(): void {
    for (const account of this.#accounts()) {
      if (this.#told.delete(account)) account.sharedUse.countOthers([]);
    }
  }

  #end(id: string, isBack: boolean): void {
    for (const account of this.#accounts()) {
      const ofAccount = this.#told.get(account);
      ofAccount?.get(id)?.ended();
      if (isBack && ofAccount?.delete(id) === true) account.sharedUse.countOthers([...ofAccount.values()]);
    }
  }

  *#accounts(): Generator<Account> {
    for (const pool of this.parts.pools.values()) for (const { account } of pool.keys) yield account;
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
    const { send, now } = this.parts;
    const name = isWhole ? 'whole' : 'use';
    send(`${name}:${keyId}`, () => ({ kind: 'use', keyId, use: account.sharedUse.told(now(), isWhole) }));
  }
}
