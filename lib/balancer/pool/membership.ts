import {
  accountOf,
  isSameAccount,
  newKeyState,
  usesVersion,
  type KeyConfig,
  type KeyState,
  type SavedKeyState,
} from './key-state';
import { Accounts } from '../limits/accounts';
import type { Company } from '../limits/company';
import { effectiveLimits } from '../limits/effective-limits';
import type { Limits } from '../limits/limits';
import { readSavedAccount } from '../limits/saved-account';
import type { Candidates } from '../policies/policy';
import { Rotation } from './rotation';

type Saved = (keyId: string) => SavedKeyState | undefined;

/** Which keys a pool has, and which of them are in the rotation. Keys that stay keep their live state by `keyId`. */
export class Membership {
  readonly #keys = new Map<string, KeyState>();
  readonly #rotation = new Rotation();
  readonly #accounts = new Accounts();
  #limits: Limits | undefined;
  #company: Company | undefined;
  #members: readonly KeyState[] = [];
  #version = 0;
  #hasPinned = false;

  /** `onGone`: a key has left. `onChange`: keys have come or gone. */
  constructor(
    private readonly onGone: (key: KeyState) => void,
    private readonly onChange: () => void,
  ) {}

  get size(): number {
    return this.#keys.size;
  }

  /** In the order of configuration. */
  get members(): readonly KeyState[] {
    return this.#members;
  }

  /** Keys that are not disabled, in no particular order. */
  get rotation(): readonly KeyState[] {
    return this.#rotation.keys;
  }

  get candidates(): Candidates {
    return { rotation: this.#rotation.keys, members: this.#members, membersVersion: this.#version };
  }

  /** Some keys are pinned to a proxy of their own. */
  get hasPinned(): boolean {
    return this.#hasPinned;
  }

  get(keyId: string): KeyState | undefined {
    return this.#keys.get(keyId);
  }

  /** What each key may use that does not say otherwise itself, and with whom it is shared. */
  limit(limits: Limits | undefined, company: Company | undefined): void {
    this.#limits = limits;
    this.#company = company;
    for (const key of this.#members) this.#limitKey(key);
  }

  /** The keys that share an account with this one, itself among them. */
  ofAccount(key: KeyState): readonly KeyState[] {
    return key.account?.name === undefined
      ? [key]
      : this.#members.filter((other) => isSameAccount(other, key));
  }

  /** An answer to the key has named its account; what a person says counts more. */
  nameAccount(key: KeyState, name: string): void {
    if (key.config.account === undefined) this.#accounts.told(key, name);
  }

  /** Replaces the set of keys; `saved` gives new ones their state. */
  set(configs: readonly KeyConfig[], saved: Saved): void {
    const gone = new Set(this.#keys.keys());
    for (const { keyId } of configs) gone.delete(keyId);
    this.#hasPinned = false;
    this.#members = configs.map((config) => this.#place(config, saved));
    this.#drop(gone);
    this.#changed();
  }

  /** Adds to the set of keys and leaves the others alone; one that is there already gets its new configuration. */
  add(configs: readonly KeyConfig[], saved: Saved): void {
    const added: KeyState[] = [];
    for (const config of configs) {
      const isNew = !this.#keys.has(config.keyId);
      const key = this.#place(config, saved);
      if (isNew) added.push(key);
    }
    this.#members = this.#members.concat(added);
    this.#changed();
  }

  /** Requests that are using the keys go on. */
  remove(keyIds: ReadonlySet<string>): void {
    this.#members = this.#members.filter((key) => !keyIds.has(key.config.keyId));
    this.#drop(keyIds);
    this.#changed();
  }

  /** Puts keys whose `disabled` may have changed into the rotation or out of it. */
  replace(keys: readonly KeyState[]): void {
    // A lease may outlive its key, and a new key may have come in its place under the same id.
    for (const key of keys) if (this.#keys.get(key.config.keyId) === key) this.#rotation.place(key);
  }

  #place(config: KeyConfig, saved: Saved): KeyState {
    if (config.egressId !== undefined) this.#hasPinned = true;
    const known = this.#keys.get(config.keyId);
    const before = known === undefined ? saved(config.keyId) : undefined;
    const key = known ?? newKeyState(config, before);
    if (config.account === undefined) this.#accounts.leave(key);
    key.config = config;
    this.#limitKey(key);
    const uses = before?.uses === undefined ? undefined : readSavedAccount(before.uses);
    const account = config.account ?? uses?.name;
    if (account !== undefined) this.#accounts.join(key, account);
    if (known !== undefined) return known;
    if (uses !== undefined) accountOf(key).restore(uses, this.#self);
    noteRest(key, before);
    key.writtenUses = usesVersion(key);
    this.#keys.set(config.keyId, key);
    this.#rotation.place(key);
    return key;
  }

  /** By which name its use is saved. */
  get #self(): string {
    return this.#company?.self ?? '';
  }

  #limitKey(key: KeyState): void {
    key.limits = effectiveLimits(key.config.limits, this.#limits, this.#company);
    if (key.limits !== undefined) accountOf(key).limitsChanged(key.limits);
  }

  #drop(keyIds: Iterable<string>): void {
    for (const keyId of keyIds) {
      const key = this.#keys.get(keyId);
      this.#keys.delete(keyId);
      if (key === undefined) continue;
      this.#rotation.remove(key);
      this.onGone(key);
    }
  }

  #changed(): void {
    this.#version += 1;
    this.onChange();
  }
}

/** See `Draws.restsUntil`. */
function noteRest(key: KeyState, saved: SavedKeyState | undefined): void {
  if (saved === undefined) return;
  const until = Math.max(saved.cooldownUntil, ...Object.values(saved.modelCooldowns));
  if (until > 0) accountOf(key).draws.restsUntil(until);
}
