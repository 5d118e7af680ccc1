import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import type { DatabaseOptions } from '../../../lib/store/database/database';
import type { Store } from '../../../lib/store/open-store';
import { mariadbBackend, open, sqliteBackend } from './backends';
import type { Backend } from './backends';

/** What a suite gets to work with: a store over a fresh database for each call. */
export interface Bench {
  readonly backend: Backend;
  readonly clock: { now: number };
  /** A new database and a store on it; both are closed after the test. */
  fresh(): Promise<{ store: Store; database: DatabaseOptions }>;
  /** Another store on a database that exists. */
  reopen(
    database: DatabaseOptions,
    encryptionKey?: Buffer,
    oldEncryptionKeys?: readonly Buffer[],
  ): Promise<Store>;
}

/** Runs one suite on SQLite and on a real MariaDB. Without mariadbd the second is skipped, and says so. */
export function onEachBackend(title: string, suite: (bench: Bench) => void): void {
  describe(`${title} on SQLite`, () => suite(prepare(sqliteBackend())));
  if (hasMariaDb()) describe(`${title} on MariaDB`, () => suite(prepare(mariadbBackend())));
  else {
    console.warn(`NOT TESTED on MariaDB, because mariadbd is not installed: ${title}`);
    describe.skip(`${title} on MariaDB (mariadbd is not installed)`, () => suite(prepare(mariadbBackend())));
  }
}

export function hasMariaDb(): boolean {
  if (['/usr/sbin/mariadbd', '/usr/local/sbin/mariadbd'].some((file) => existsSync(file))) return true;
  try {
    execFileSync('mariadbd', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function prepare(backend: Backend): Bench {
  const clock = { now: 0 };
  const stores: Store[] = [];
  const reopen: Bench['reopen'] = async (database, encryptionKey, oldEncryptionKeys) => {
    const store = await open(database, clock, encryptionKey, oldEncryptionKeys);
    stores.push(store);
    return store;
  };

  beforeAll(() => backend.start());
  afterAll(() => backend.stop());
  afterEach(async () => {
    clock.now = 0;
    for (const store of stores.splice(0)) await store.close();
  });

  clock.now = 1_700_000_000_000;
  return {
    backend,
    clock,
    reopen,
    async fresh() {
      clock.now = 1_700_000_000_000;
      const database = await backend.fresh();
      return { database, store: await reopen(database) };
    },
  };
}
