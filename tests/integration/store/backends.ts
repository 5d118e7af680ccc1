import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { DatabaseOptions, Store } from '../../../lib/store/index';
import { openStore } from '../../../lib/store/index';
import type { ErrorLogRow, RequestLogRow } from '../../../lib/store/rows';
import type { ProviderInput } from '../../../lib/store/index';
import { startMariaDb } from '../../support/mariadb';
import type { MariaDbServer } from '../../support/mariadb';
import { tempDir } from '../../support/temp-dir';

export const MIGRATIONS = path.resolve(import.meta.dirname, '../../../prisma/migrations');
export const KEY = Buffer.alloc(32, 7);

/** A kind of database that the suite runs on. */
export interface Backend {
  start(): Promise<void>;
  fresh(): Promise<DatabaseOptions>;
  /** Undefined on SQLite. */
  readonly server: MariaDbServer | undefined;
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

export function mariadbBackend(): Backend {
  let server: MariaDbServer | undefined;
  const running = () => {
    if (!server) throw new Error('mariadbd is not running');
    return server;
  };
  return {
    get server() {
      return running();
    },
    async start() {
      server = await startMariaDb();
    },
    fresh: () => running().freshDatabase(),
    stop: async () => server?.stop(),
  };
}

/** Opens a store whose time is `clock.now`. */
export function open(
  database: DatabaseOptions,
  clock = { now: 1_700_000_000_000 },
  encryptionKey = KEY,
): Promise<Store> {
  return openStore({ database, encryptionKey, migrationsDir: MIGRATIONS, now: () => clock.now });
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
    timeoutSeconds: null,
    maxFailures: null,
    maxRetries: null,
    testModel: null,
    selectionPolicy: null,
    fallbacks: [],
    ...rest,
  };
}

export const rowId = (n: number) => `r${String(n).padStart(20, '0')}`;

export function requestRow(n: number, rest: Partial<RequestLogRow> = {}): RequestLogRow {
  return {
    id: rowId(n),
    at: 1_000_000 + n,
    requestId: `req-${n}`,
    method: 'POST',
    endpoint: '/v1/chat/completions',
    model: 'gpt-4o-mini',
    isStream: true,
    provider: 'default',
    keyId: 'key-1',
    keyHint: 'sk-abc...wxyz',
    egressId: null,
    token: 'sk-...xyz',
    status: 200,
    outcome: 'success',
    errorCode: null,
    errorMessage: null,
    attemptCount: 1,
    attempts: '[{"status":200}]',
    ttfbMs: 12,
    durationMs: 345,
    promptTokens: 1,
    cachedTokens: null,
    completionTokens: 3,
    reasoningTokens: null,
    requestBytes: 5_000_000_000,
    responseBytes: 7,
    ...rest,
  };
}

export function errorRow(n: number, rest: Partial<ErrorLogRow> = {}): ErrorLogRow {
  return {
    id: rowId(n),
    at: 1_000_000 + n,
    requestId: `req-${n}`,
    requestLogId: rowId(n),
    provider: 'default',
    keyId: 'key-1',
    keyHint: 'sk-abc...wxyz',
    egressId: null,
    model: 'gpt-4o-mini',
    endpoint: '/v1/chat/completions',
    status: 500,
    verdict: 'upstream_error',
    message: 'It broke',
    upstreamBody: '{"error":{}}',
    requestBody: null,
    ...rest,
  };
}

export const randomKeyValue = () => `sk-${randomBytes(24).toString('hex')}`;
