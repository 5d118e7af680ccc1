import type { KeyState } from '../pool/key-state';
import { Account } from './account';

/** The accounts of a provider's keys by their names. */
export class Accounts {
  readonly #byName = new Map<string, Account>();

  /** The key belongs to that account from now on; what it has used before counts where it was used. */
  join(key: KeyState, name: string): void {
    if (key.account.name === name) return;
    const known = this.#byName.get(name);
    if (known !== undefined) {
      key.account = known;
      return;
    }
    // The first key brings what is known of it along.
    const account = key.account.name === undefined ? key.account : new Account();
    account.name = name;
    account.usesChanged();
    this.#byName.set(name, account);
    key.account = account;
  }

  /** A key whose account a person has set is on its own again. What it has used stays with the others. */
  leave(key: KeyState): void {
    if (key.config.account === undefined) return;
    key.account = new Account();
    key.account.usesChanged();
  }
}
