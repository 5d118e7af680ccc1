import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { defaultSettings, type Settings } from '../../../lib/config/settings';
import { openStore, type Store } from '../../../lib/store/open-store';
import { tempDir } from '../../support/temp-dir';

export const NOW = Date.UTC(2026, 0, 1);
const KEY = Buffer.alloc(32, 7);
const MIGRATIONS = join(import.meta.dirname, '../../../prisma/migrations');

/** The defaults, but for these. */
export function settings(changed: Partial<Settings> = {}): Settings {
  return { ...defaultSettings, ...changed };
}

type ProviderConfig = Settings['PROVIDERS_CONFIG'][number];

/** An entry of PROVIDERS_CONFIG that says nothing but where it is and which keys it has. */
export function providerConfig(
  path: string,
  keys: readonly string[] = [],
  more: Partial<ProviderConfig> = {},
): ProviderConfig {
  return {
    name: path.toUpperCase(),
    path,
    base_url: `https://${path}.example/v1`,
    api_keys: keys.map((value) => ({ value, weight: 1 })),
    enabled: true,
    model_request_key: undefined,
    custom_headers: undefined,
    timeout: undefined,
    first_token_timeout: undefined,
    auth: undefined,
    query: undefined,
    max_failures: undefined,
    max_retries: undefined,
    test_model: undefined,
    selection_policy: undefined,
    fallbacks: undefined,
    proxies: undefined,
    limits: undefined,
    ...more,
  };
}

/** Where the SQLite file of a temporary store is. */
export const fileOf = new WeakMap<Store, string>();

/** A real SQLite store that is gone after the test. */
export async function temporaryStore(encryptionKey = KEY): Promise<Store> {
  const folder = await tempDir('runtime');
  onTestFinished(() => folder.remove());
  return openUntilEnd(join(folder.path, 'db'), encryptionKey);
}

/** Another store on the same file, as another instance has. */
export async function anotherStore(store: Store): Promise<Store> {
  return openUntilEnd(fileOf.get(store) ?? '');
}

async function openUntilEnd(file: string, encryptionKey = KEY): Promise<Store> {
  const store = await openStore({
    database: { type: 'sqlite', file },
    encryptionKey,
    migrationsDir: MIGRATIONS,
    now: () => NOW,
  });
  fileOf.set(store, file);
  onTestFinished(() => store.close());
  return store;
}
