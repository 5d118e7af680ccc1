import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import type { DatabaseOptions } from '../../../lib/store/database/database';
import type { Store } from '../../../lib/store/open-store';
import { findPostgres } from '../../support/postgres';
import { findProgram } from '../../support/programs';
import { mariadbBackend, open, postgresBackend, sqliteBackend } from './backends';
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

interface BackendKind {
  readonly name: string;
  readonly isInstalled: boolean;
  readonly make: () => Backend;
}

export const BACKENDS: readonly BackendKind[] = [
  { name: 'SQLite', isInstalled: true, make: sqliteBackend },
  { name: 'MariaDB', isInstalled: findProgram('mariadbd') !== undefined, make: mariadbBackend },
  { name: 'PostgreSQL', isInstalled: (await findPostgres()) !== undefined, make: postgresBackend },
];

/** Runs one suite on SQLite, on a real MariaDB and on a real PostgreSQL. One that is missing is skipped, and said. */
export function onEachBackend(title: string, suite: (bench: Bench) => void): void {
  for (const { name, isInstalled, make } of BACKENDS) {
    if (isInstalled) describe(`${title} on ${name}`, () => suite(prepare(make())));
    else {
      console.warn(`NOT TESTED on ${name}, because it is not installed: ${title}`);
      describe.skip(`${title} on ${name} (not installed)`, () => suite(prepare(make())));
    }
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
