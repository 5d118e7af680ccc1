import type { SharedUse } from '../balancer/limits/shared-use';
import { accountOf } from '../balancer/pool/key-state';
import type { Pool } from '../balancer/pool/pool';

/** Whose limits several instances share. */
export interface Holder {
  readonly sharedUse: SharedUse;
}

export interface Limited {
  readonly id: string;
  readonly holder: Holder;
}

/** Client tokens are told of like keys, by a name that no key has. */
const TOKEN = 'token:';

export const tokenHolderId = (id: string): string => TOKEN + id;

export interface HolderPlaces {
  readonly pools: ReadonlyMap<string, Pool>;
  /** Those of client tokens, as far as they are used here; `of` makes what others use. */
  readonly tokens?: {
    readonly all: Iterable<readonly [id: string, holder: Holder]>;
    of(id: string): Holder | undefined;
  };
}

/** The accounts of keys that have one, and the client tokens that are used. */
export class Holders {
  constructor(private readonly parts: HolderPlaces) {}

  *all(): Generator<Limited> {
    for (const pool of this.parts.pools.values()) {
      for (const { config, account } of pool.keys) {
        if (account !== undefined) yield { id: config.keyId, holder: account };
      }
    }
    yield* this.#tokens();
  }

  *#tokens(): Generator<Limited> {
    for (const [id, holder] of this.parts.tokens?.all ?? []) yield { id: TOKEN + id, holder };
  }

  /** Those that have limits. */
  *limited(): Generator<Limited> {
    for (const pool of this.parts.pools.values()) {
      for (const { config, account, limits } of pool.keys) {
        if (limits !== undefined && account !== undefined) yield { id: config.keyId, holder: account };
      }
    }
    yield* this.#tokens();
  }

  of(keyId: string): Holder | undefined {
    if (keyId.startsWith(TOKEN)) return this.parts.tokens?.of(keyId.slice(TOKEN.length));
    for (const pool of this.parts.pools.values()) {
      const key = pool.key(keyId);
      if (key !== undefined) return accountOf(key);
    }
    return undefined;
  }
}
