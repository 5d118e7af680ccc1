import { accountOf, type KeyState } from '../pool/key-state';
import { Account } from './account';

/** Between the names of an organisation and its project. */
const WITHIN = '/';

/** The accounts of a provider's keys by their names. What a key has used of its limits goes with it. */
export class Accounts {
  readonly #byName = new Map<string, Account>();
  /** Their answers have named several accounts. */
  readonly #doubted = new WeakSet<KeyState>();

  /** The key belongs to that account from now on. */
  join(key: KeyState, name: string): void {
    const own = accountOf(key);
    if (own.name === name) return;
    const known = this.#byName.get(name);
    if (known === undefined) {
      // The first key brings along what is known of it.
      const account = own.name === undefined ? own : successorOf(own, key);
      account.name = name;
      account.usesChanged();
      this.#byName.set(name, account);
      key.account = account;
      return;
    }
    if (own.name === undefined) known.absorb(own, key.limits);
    key.account = known;
  }

  /**
   * An answer names the key's account. One that names the organisation alone says nothing against its project; but a
   * key of which answers name different accounts, as those of some relays do, is none's: it is on its own from then on.
   */
  told(key: KeyState, name: string): void {
    const own = accountOf(key);
    const { name: known } = own;
    if (known === name || this.#doubted.has(key)) return;
    if (known === undefined || name.startsWith(known + WITHIN)) return this.join(key, name);
    if (known.startsWith(name + WITHIN)) return;
    this.#doubted.add(key);
    key.account = successorOf(own, key);
  }

  /** A key whose account a person has set is on its own again. What it has used stays with the others. */
  leave(key: KeyState): void {
    if (key.config.account === undefined) return;
    const own = new Account();
    own.usesChanged();
    key.account = own;
  }
}

/** Nobody knows how much of it was whose, and none may have more than its limits: all of it counts in both. */
function successorOf(account: Account, { limits }: KeyState): Account {
  const successor = new Account();
  successor.absorb(account, limits);
  return successor;
}
