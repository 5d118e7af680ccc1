import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { cataloguePrice } from '../../../lib/pricing/catalogue';
import { packagedList, usePriceList } from '../../../lib/pricing/price-list';
import { PriceUpdates } from '../../../lib/runtime/price-updates';
import type { PriceListStore } from '../../../lib/store/price-list';
import type { Downloaded } from '../../../lib/upstream/download';
import { tempDir } from '../../support/temp-dir';

const listOf = (input: number) =>
  JSON.stringify(
    (
      [
        ['openai', 'gpt-4o'],
        ['anthropic', 'claude-sonnet-4-5'],
      ] as const
    ).map(([id, model]) => ({
      id,
      name: id,
      api_pattern: id,
      models: [{ id: model, match: { equals: model }, prices: { input_mtok: input } }],
    })),
  );

function memoryStore(): PriceListStore & { breaks: boolean } {
  let kept: { readonly at: number; readonly digest: string; readonly list: Buffer } | undefined;
  const store = {
    breaks: false,
    head: () => Promise.resolve(kept && { at: kept.at, digest: kept.digest }),
    read: ({ digest }: { digest: string }) =>
      Promise.resolve(kept?.digest === digest ? kept.list : undefined),
    write: (list: Buffer, at: number) => {
      if (store.breaks) return Promise.reject(new Error('the database is away'));
      kept = { at, digest: list.toString('hex'), list };
      return Promise.resolve(kept);
    },
  };
  return store;
}

function updates(store: PriceListStore, answer: () => Downloaded, file = '') {
  let changes = 0;
  const asked: string[] = [];
  const made = new PriceUpdates({
    store,
    file: () => file,
    url: () => 'http://list.example/prices.json',
    download: (url) => {
      asked.push(url);
      return Promise.resolve(answer());
    },
    now: () => 1_000,
    onChange: () => (changes += 1),
  });
  return { made, asked, changes: () => changes };
}

const input = () =>
  cataloguePrice({ provider: 'openai', baseUrl: undefined, model: 'gpt-4o' }, new Date())?.rates.input;
const bytes = (text: string): Downloaded => ({ ok: true, bytes: Buffer.from(text) });
const signal = new AbortController().signal;

afterEach(async () => usePriceList(await packagedList()));

it('what is fetched is in use at once, and by other instances when they look', async () => {
  const store = memoryStore();
  const one = updates(store, () => bytes(listOf(7)));
  const other = updates(store, () => bytes(''));
  await one.made.load();
  await other.made.load();
  expect(one.made.inUse).toMatchObject({ source: 'package', problem: undefined });
  expect(await one.made.fetch(signal)).toEqual({ ok: true });
  expect(one.asked).toEqual(['http://list.example/prices.json']);
  expect([input(), one.made.inUse]).toEqual([
    7,
    { source: 'fetched', at: 1_000, models: 2, problem: undefined },
  ]);
  await other.made.load();
  expect(other.made.inUse).toEqual(one.made.inUse);
  const before = other.changes();
  await other.made.load();
  expect(other.changes()).toBe(before);
});

it('a failure changes nothing and says why', async () => {
  const store = memoryStore();
  let answer = bytes(listOf(7));
  const { made } = updates(store, () => answer);
  await made.fetch(signal);
  const before = made.inUse;
  answer = { ok: false, why: 'answered with status 500' };
  expect(await made.fetch(signal)).toEqual(answer);
  answer = bytes('<html>');
  expect(await made.fetch(signal)).toEqual({ ok: false, why: 'it is not JSON' });
  answer = bytes(listOf(-1));
  expect(await made.fetch(signal)).toMatchObject({ ok: false });
  store.breaks = true;
  answer = bytes(listOf(9));
  await expect(made.fetch(signal)).rejects.toThrow('away');
  expect([input(), made.inUse]).toEqual([7, before]);
});

it('a file comes before what was fetched, and one that cannot be used is told', async () => {
  const folder = await tempDir('prices');
  const file = join(folder.path, 'prices.json');
  const { made } = updates(memoryStore(), () => bytes(listOf(7)), file);
  await made.load();
  expect(made.inUse).toMatchObject({
    source: 'package',
    models: (await packagedList()).models,
    problem: 'there is no such file',
  });
  await writeFile(file, listOf(5));
  await made.fetch(signal);
  expect([input(), made.inUse.source, made.inUse.problem]).toEqual([5, 'file', undefined]);
  await writeFile(file, 'broken, and longer than before');
  await made.load();
  expect([input(), made.inUse.source, made.inUse.problem]).toEqual([5, 'file', 'it is not JSON']);
  await folder.remove();
});
