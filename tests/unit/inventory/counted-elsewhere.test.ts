import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { bulkKeys } from '../../../lib/admin/keys/bulk';
import { listKeys } from '../../../lib/admin/keys/list';
import { readKey } from '../../../lib/admin/keys/read';
import { undoDeletion } from '../../../lib/admin/keys/undo';
import { listTokens } from '../../../lib/admin/tokens/list';
import { CountedElsewhere } from '../../../lib/inventory/counted-elsewhere';
import type { Store } from '../../../lib/store/open-store';
import { TokenUsage } from '../../../lib/store/write-behind/checkpoint-tokens';
import { keyNamed, world, type World } from '../admin/support';
import { anotherStore, NOW, temporaryStore } from './support';

interface Instance extends World {
  readonly tokens: TokenUsage;
  readonly counted: CountedElsewhere;
  readonly readsOfCounts: () => number;
  readonly errors: unknown[];
  /** What the live stream is told of. */
  readonly told: string[];
  isFollowed: boolean;
}

let here: Instance;
let there: Instance;
/** Whether the other one hears what it is asked. */
let isHeard: boolean;
/** What the database does with the next read of counts. */
let obstacle: (() => Promise<void>) | undefined;

beforeEach(async () => {
  isHeard = true;
  obstacle = undefined;
  const store = await temporaryStore();
  here = await instanceOn(store, 'here');
  there = await instanceOn(await anotherStore(store), 'there');
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  here.counted.stop();
  there.counted.stop();
  vi.useRealTimers();
});

async function instanceOn(store: Store, name: string): Promise<Instance> {
  let reads = 0;
  const errors: unknown[] = [];
  const told: string[] = [];
  const keys = {
    async countsOf(keyIds: readonly string[]) {
      reads += 1;
      await obstacle?.();
      return store.keys.countsOf(keyIds);
    },
  };
  const API_KEYS = ['a', 'b'].map(keyNamed).join(',');
  const tokens = new TokenUsage(
    store.clientTokens,
    [],
    () => NOW,
    (error) => errors.push(error),
  );
  const started: World = await world(
    { API_KEYS },
    { catchUpCounts: () => instance.counted.catchUp(), tokenUse: (id) => tokens.of(id) },
    store,
  );
  const { context } = started;
  const counted = new CountedElsewhere({
    pools: context.pools,
    keys,
    writer: started.stateWriter,
    tokens,
    time: { now: () => started.clock.now, steadyOf: (at) => at },
    others: () => [name === 'here' ? 'there' : 'here'],
    ask: () => void answer(name),
    isFollowed: () => instance.isFollowed,
    onKey: (keyId) => told.push(keyId),
    onError: (error) => errors.push(error),
  });
  const instance: Instance = {
    ...started,
    tokens,
    counted,
    readsOfCounts: () => reads,
    errors,
    told,
    isFollowed: false,
  };
  return instance;
}

/** As the others do that hear the question. */
async function answer(to: string): Promise<void> {
  if (!isHeard) return;
  const [asker, other] = to === 'here' ? [here, there] : [there, here];
  await Promise.all([other.stateWriter.flush(), other.tokens.flush()]);
  asker.counted.written(to === 'here' ? 'there' : 'here');
}

const keyOf = (instance: World, name: string) =>
  instance.pool('default').keys.find(({ config }) => config.secret === keyNamed(name)) ?? fail();
function fail(): never {
  throw new Error('no such key');
}

function use(instance: Instance, name: string, times: number): void {
  const key = keyOf(instance, name);
  key.requestCount += times;
  instance.noteKey(key, 'used');
}

async function countsAt({ context }: World): Promise<Readonly<Record<string, number>>> {
  const { items } = await listKeys(context, { page: 1, pageSize: 50, sort: 'requestCount', order: 'desc' });
  return Object.fromEntries(items.map((item) => [item.hint.slice(-1), item.requestCount]));
}
/** Of some time in the rounds that go on while somebody looks, with the reads that fall due in it. */
async function pass(ms: number): Promise<void> {
  for (let at = 0; at < ms; at += 500) {
    await vi.advanceTimersByTimeAsync(500);
    // Each waits for what has been asked of the database before, and what follows from that is asked then.
    for (let n = 0; n < 10; n += 1)
      await Promise.all([here, there].map(({ store }) => store.installationId()));
  }
}

it('shows what all have counted the first time somebody asks, and sorts by it', async () => {
  use(here, 'a', 2);
  use(there, 'a', 1);
  use(there, 'b', 5);
  expect(Object.entries(await countsAt(here))).toEqual([
    ['b', 5],
    ['a', 3],
  ]);
  expect(await countsAt(there)).toEqual({ a: 3, b: 5 });
  const { id } = await readKey(here.context, { id: keyOf(here, 'a').config.keyId });
  expect(here.told).toContain(id);
  await here.stateWriter.flush();
  await pass(2_000);
  expect(await countsAt(here)).toEqual({ a: 3, b: 5 });
});

it('asks again every two seconds while somebody looks, and then no more', async () => {
  await countsAt(here);
  expect(here.readsOfCounts()).toBe(1);
  await countsAt(here);
  expect(here.readsOfCounts()).toBe(1);
  use(there, 'a', 4);
  await pass(2_000);
  expect(keyOf(here, 'a').requestCount).toBe(4);
  await pass(10_000);
  const reads = here.readsOfCounts();
  expect(reads).toBeLessThanOrEqual(6);
  await pass(10_000);
  expect(here.readsOfCounts()).toBe(reads);
});

it('goes on while a page is open', async () => {
  here.isFollowed = true;
  await countsAt(here);
  await pass(20_000);
  use(there, 'a', 4);
  await pass(2_000);
  expect(keyOf(here, 'a').requestCount).toBe(4);
});

it('waits but a moment for one that does not answer', async () => {
  isHeard = false;
  use(there, 'a', 4);
  const asked = countsAt(here);
  await pass(500);
  expect(await asked).toEqual({ a: 0, b: 0 });
  await there.stateWriter.flush();
  await pass(2_500);
  expect(keyOf(here, 'a').requestCount).toBe(4);
});

it('answers while the database hangs, tells once that it fails, and takes up again', async () => {
  obstacle = () => new Promise(() => undefined);
  const asked = countsAt(here);
  await pass(500);
  expect(await asked).toEqual({ a: 0, b: 0 });
  obstacle = () => Promise.reject(new Error('away'));
  use(here, 'a', 1);
  use(there, 'a', 4);
  expect(await countsAt(there)).toEqual({ a: 4, b: 0 });
  await pass(4_000);
  expect(there.errors).toHaveLength(1);
  obstacle = undefined;
  await pass(2_000);
  expect(keyOf(there, 'a').requestCount).toBe(5);
});

it('shows of a client token what all have counted, at each', async () => {
  const { id } = await here.store.upkeep.clientTokens.create('mine', 'sk-mine-0123456789');
  for (const { context } of [here, there])
    await context.configuration.change((editor) => editor.reloadClientTokens());
  for (const { tokens } of [here, there, there]) tokens.used(id);
  const shownAt = async ({ context }: World) => {
    const { items } = await listTokens(context, { page: 1, pageSize: 50, order: 'asc', sort: 'createdAt' });
    return items.flatMap((item) => (item.id === id ? [item.requestCount, item.lastUsedAt] : []));
  };
  expect(await shownAt(here)).toEqual([3, NOW]);
  expect(await shownAt(there)).toEqual([3, NOW]);
  there.tokens.used(id);
  await pass(2_000);
  expect(await shownAt(here)).toEqual([4, NOW]);
});

it('a key that is deleted and had back has what all had counted', async () => {
  use(here, 'a', 2);
  use(there, 'a', 1);
  const ids = [keyOf(here, 'a').config.keyId];
  const { task } = await bulkKeys(here.context, { action: 'delete', ids });
  const { result } = (await here.context.tasks.finished(task.id)) ?? {};
  const { deletionId } = result as { deletionId: string };
  expect(await countsAt(here)).toEqual({ b: 0 });
  await undoDeletion(here.context, { deletionId });
  use(here, 'a', 1);
  await pass(2_000);
  expect(await countsAt(here)).toEqual({ a: 4, b: 0 });
});
