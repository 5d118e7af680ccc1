import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { MadeToken } from '../../../../lib/runtime/settings/made-token';
import { SecretsFile } from '../../../../lib/runtime/settings/secrets';
import type { Store } from '../../../../lib/store/open-store';
import { tempDir } from '../../../support/temp-dir';
import { anotherStore, temporaryStore } from '../../inventory/support';

let folder: string;
let shown: string[];
let warned: string[];

beforeEach(async () => {
  const temporary = await tempDir('made-token');
  onTestFinished(() => temporary.remove());
  folder = temporary.path;
  [shown, warned] = [[], []];
});

const secretsOf = (instance: string) => new SecretsFile(join(folder, instance));

const open = (store: Pick<Store, 'settings' | 'upkeep'>, secrets: SecretsFile) =>
  MadeToken.open({
    store,
    secrets,
    now: () => 1,
    logger: { warn: (_: unknown, words?: string) => void warned.push(words ?? '') },
    show: (text) => void shown.push(text),
  });

it('is made by the first instance, and the same at all others on the database', async () => {
  const store = await temporaryStore();
  const first = (await open(store, secretsOf('a'))).inUse();
  const second = (await open(await anotherStore(store), secretsOf('b'))).inUse();
  expect(first).toMatch(/^sk-balance-[\w-]{32}$/);
  expect(second).toBe(first);
  expect(shown[0]).toContain('a token was made');
  expect(shown[1]).toContain('another instance');
  for (const text of shown) expect(text).toContain(first);
});

it('is one of many that start at the same moment', async () => {
  const store = await temporaryStore();
  const stores = [store, await anotherStore(store), await anotherStore(store), await anotherStore(store)];
  const opened = await Promise.all(stores.map((one, i) => open(one, secretsOf(`${i}`))));
  const tokens = opened.map((token) => token.inUse());
  expect(new Set(tokens).size).toBe(1);
  expect(tokens[0]).toBe((await open(store, secretsOf('late'))).inUse());
});

it('is shown once, and not at all before it is needed', async () => {
  const store = await temporaryStore();
  const token = await open(store, secretsOf('a'));
  expect(shown).toEqual([]);
  token.inUse();
  token.inUse();
  (await open(store, secretsOf('a'))).inUse();
  expect(shown).toHaveLength(1);
});

it('is the one of an earlier version, and where instances have different ones that of the first to start', async () => {
  const [a, b] = [secretsOf('a'), secretsOf('b')];
  const kept = a.clientToken().token;
  b.clientToken();
  const store = await temporaryStore();
  expect((await open(store, secretsOf('a'))).inUse()).toBe(kept);
  expect(shown).toEqual([]);
  expect((await open(store, secretsOf('b'))).inUse()).toBe(kept);
  expect(shown).toHaveLength(1);
  expect(readFileSync(b.path, 'utf8')).toContain(kept);
});

it('is known without its file of secrets, and is in the database under lock and key alone', async () => {
  const store = await temporaryStore();
  const token = (await open(store, secretsOf('a'))).inUse();
  expect((await open(store, secretsOf('moved'))).inUse()).toBe(token);
  const rows = await store.settings.list();
  expect(rows.find(({ value }) => value === token)?.name).toBe('made_client_token');
});

it('does not keep a program from starting whose database takes no writes', async () => {
  const store = await temporaryStore();
  const full = {
    settings: store.settings,
    upkeep: {
      ...store.upkeep,
      settings: { ...store.upkeep.settings, addMissing: () => Promise.reject(new Error('disk full')) },
    },
  };
  const token = (await open(full, secretsOf('a'))).inUse();
  expect(warned).toHaveLength(1);
  expect((await open(store, secretsOf('a'))).inUse()).toBe(token);
});

it('is another one once a backup has brought it', async () => {
  const store = await temporaryStore();
  const token = await open(store, secretsOf('a'));
  const before = token.inUse();
  const [row] = (await store.settings.list()).filter(({ name }) => name === 'made_client_token');
  await store.upkeep.settings.saveMany(row === undefined ? [] : [{ ...row, value: 'sk-balance-restored' }]);
  expect(token.inUse()).toBe(before);
  await token.refresh();
  expect(token.inUse()).toBe('sk-balance-restored');
  await store.upkeep.settings.remove(['made_client_token']);
  await token.refresh();
  expect(token.inUse()).toBe('sk-balance-restored');
});
