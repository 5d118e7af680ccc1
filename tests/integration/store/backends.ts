import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { DatabaseOptions } from '../../../lib/store/database/database';
import type { Store } from '../../../lib/store/open-store';
import { openStore } from '../../../lib/store/open-store';
import type { Dump } from '../../../lib/store/dump';
import type { ProviderInput } from '../../../lib/store/provider-row';
import type { ApiKeyRow } from '../../../lib/store/keys/key-row';
import { startMariaDb } from '../../support/mariadb';
import { startPostgres } from '../../support/postgres';
import { tempDir } from '../../support/temp-dir';

export const MIGRATIONS = path.resolve(import.meta.dirname, '../../../prisma/migrations');
export const KEY = Buffer.alloc(32, 7);

/** A database server that a test has to itself. */
export interface BackendServer {
  freshDatabase(): Promise<DatabaseOptions>;
  down(): Promise<void>;
  up(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** A kind of database that the suite runs on. */
export interface Backend {
  start(): Promise<void>;
  fresh(): Promise<DatabaseOptions>;
  /** Undefined on SQLite. */
  readonly server: BackendServer | undefined;
  stop(): Promise<void>;
}

export function sqliteBackend(): Backend {
  const folders: { remove(): Promise<void> }[] = [];
  return {
    server: undefined,
    start: async () => undefined,
    async fresh() {
      const folder = await tempDir('store');
      folders.push(folder);
      return { type: 'sqlite', file: path.join(folder.path, 'made', 'on-the-way', 'db') };
    },
    async stop() {
      for (const folder of folders) await folder.remove();
    },
  };
}

export const mariadbBackend = (): Backend => serverBackend(startMariaDb);
export const postgresBackend = (): Backend => serverBackend(startPostgres);

function serverBackend(begin: () => Promise<BackendServer | undefined>): Backend {
  let server: BackendServer | undefined;
  const running = () => {
    if (!server) throw new Error('The database server is not running');
    return server;
  };
  return {
    get server() {
      return running();
    },
    async start() {
      server = await begin();
    },
    fresh: () => running().freshDatabase(),
    stop: async () => server?.stop(),
  };
}

/** Opens a store whose time is `clock.now`. */
export function open(
  database: DatabaseOptions,
  clock = { now: 1_700_000_000_000 },
  encryptionKey: Buffer = KEY,
  oldEncryptionKeys: readonly Buffer[] = [],
): Promise<Store> {
  const now = () => clock.now;
  const migrationsDir = MIGRATIONS;
  return openStore({ database, encryptionKey, oldEncryptionKeys, migrationsDir, now });
}

export function provider(slug: string, rest: Partial<ProviderInput> = {}): ProviderInput {
  return {
    slug,
    name: slug,
    baseUrl: 'https://api.example.com/v1',
    isEnabled: true,
    source: 'dashboard',
    position: 0,
    modelRequestKey: null,
    customHeaders: {},
    auth: 'bearer',
    query: {},
    timeoutSeconds: null,
    firstTokenTimeoutSeconds: null,
    maxFailures: null,
    maxRetries: null,
    testModel: null,
    selectionPolicy: null,
    fallbacks: [],
    egress: { mode: 'shared' },
    limits: null,
    ...rest,
  };
}

export const randomKeyValue = () => `sk-${randomBytes(24).toString('hex')}`;

/** Somebody who asks for changes. */
export const ASKER = { by: 'bearer', address: '203.0.113.7' } as const;

/** Puts a dump in the place of all there is, as a restore does. */
export function replaceAll(store: Store, content: Dump): Promise<void> {
  return store.change(ASKER, async (write) => {
    await write.replaceAll(content);
    const entry = { action: 'backup.restore', target: 'a test' };
    return { entry, notes: [], result: undefined };
  });
}

/** Gives a deletion back in as many steps as it takes. */
export async function restoreAll(
  store: Store,
  deletionId: string,
  notBeforeMs: number,
): Promise<ApiKeyRow[]> {
  const rows: ApiKeyRow[] = [];
  let after: string | undefined = '';
  while (after !== undefined) {
    const some = await store.upkeep.keys.restoreSome(deletionId, notBeforeMs, after);
    rows.push(...some.rows);
    after = some.next;
  }
  return rows;
}
