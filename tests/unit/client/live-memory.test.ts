import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { afterEach, expect, test } from 'vitest';
import type { KeyItem } from '../../../lib/admin/contract/keys';
import type { LiveSnapshot } from '../../../lib/admin/contract/live';
import type { TaskItem } from '../../../lib/admin/contract/tasks';
import { keyListKey } from '../../../lib/client/keys';
import { applyLive, type LiveData } from '../../../lib/client/live-data';
import { withinBounds } from '../../../lib/client/live-memory';
import { withLiveKeys } from '../../../lib/client/live-merge';
import { tasksKey } from '../../../lib/client/tasks';

const counts = { total: 1, active: 1, cooling: 0, disabledAuto: 0, disabledManual: 0, inFlight: 0 };
const snapshot = { at: 1, providers: [], keys: counts, proxies: [], tasks: [], jobs: [] } as unknown;
const start = applyLive(undefined, 'snapshot', snapshot as LiveSnapshot, 0) as LiveData;

const client = new QueryClient();
const leaves: (() => void)[] = [];
afterEach(() => {
  for (const leave of leaves.splice(0)) leave();
  client.clear();
});

/** A view that shows an answer, or waits for its first. */
function show(queryKey: readonly unknown[], data?: object): void {
  if (data !== undefined) client.setQueryData(queryKey, data);
  const observer = new QueryObserver(client, {
    queryKey,
    queryFn: () => new Promise<object>(() => undefined),
    staleTime: Infinity,
  });
  leaves.push(observer.subscribe(() => undefined));
}

const tell = (data: LiveData, ids: readonly string[], failures: number, at: number) =>
  applyLive(
    data,
    'keys',
    { changed: ids.map((id) => ({ id, failures }) as KeyItem), more: 0, removed: [], counts, providers: [] },
    at,
  ) as LiveData;
const ids = (prefix: string, count: number) => Array.from({ length: count }, (_, n) => `${prefix}${n}`);
const list = (askedAt: number) => ({ items: [{ id: 'a0', failures: 0 } as KeyItem], total: 1, askedAt });
const listKey = [...keyListKey, { sort: 'hint' }, 1];

test('no figure of a key goes back, however many keys the stream has told of and whatever comes after', () => {
  show(listKey, list(5));
  let data = tell(start, ['a0'], 3, 10);
  data = withinBounds(client, tell(data, ids('b', 6_000), 1, 20));
  data = withinBounds(client, applyLive(data, 'snapshot', snapshot as LiveSnapshot, 30) as LiveData);
  expect(withLiveKeys(list(5), data).items[0]?.failures).toBe(3);
});

test('what every answer on the page knows is forgotten when there is too much', () => {
  show(listKey, list(15));
  show([...keyListKey, { sort: 'hint' }, 2], { ...list(12), items: [] });
  let data = tell(start, ids('a', 4_000), 1, 10);
  expect(withinBounds(client, data)).toBe(data);
  data = tell(data, ids('b', 2_000), 1, 13);
  expect([...withinBounds(client, data).keyItems.values()].every(({ at }) => at === 13)).toBe(true);
});

test('an answer of a view that was left holds nothing back, and is not shown again', () => {
  client.setQueryData([...keyListKey, { sort: 'note' }, 1], list(1));
  show(listKey, list(15));
  const data = withinBounds(client, tell(start, ids('a', 6_000), 1, 10));
  expect(data.keyItems.size).toBe(0);
  expect(client.getQueryData([...keyListKey, { sort: 'note' }, 1])).toBeUndefined();
});

test('nothing is forgotten while a first answer is under way', () => {
  show(listKey);
  const data = tell(start, ids('a', 6_000), 1, 10);
  expect(withinBounds(client, data).keyItems.size).toBe(6_000);
});

test('ended tasks are forgotten once the list knows them', () => {
  show(tasksKey, { items: [], askedAt: 100 });
  let data = start;
  for (let at = 1; at <= 150; at += 1) {
    const task = { id: `t${at}`, startedAt: at, finishedAt: at, state: 'succeeded' } as TaskItem;
    data = withinBounds(client, applyLive(data, 'tasks', { tasks: [task] }, at) as LiveData);
  }
  expect(data.taskItems.size).toBeLessThanOrEqual(100);
  expect(data.taskItems.has('t150')).toBe(true);
  expect(data.tasks.length).toBeLessThanOrEqual(20);
});
