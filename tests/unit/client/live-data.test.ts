import { describe, expect, test } from 'vitest';
import type { KeyItem } from '../../../lib/admin/contract/keys';
import type { LiveEvent, LiveSnapshot } from '../../../lib/admin/contract/live';
import type { TaskItem } from '../../../lib/admin/contract/tasks';
import {
  applyLive,
  dependsOnLiveState,
  mergeById,
  mergeTasks,
  isMoreThanTold,
} from '../../../lib/client/live-data';
import { nothingQuiet } from './quiet';

const counts = { total: 2, active: 2, cooling: 0, disabledAuto: 0, disabledManual: 0, inFlight: 0 };
const closed = { state: 'closed', cause: null, reason: null, openUntil: null } as const;
const snapshot: LiveSnapshot = {
  at: 1,
  providers: [{ id: 'p1', slug: 'default', name: 'Default', isEnabled: true, breaker: closed, keys: counts }],
  keys: counts,
  proxies: [],
  rates: {
    requestsPerMinute: 0,
    tokensPerMinute: 0,
    successRate: null,
    latencyP50Ms: null,
    latencyP95Ms: null,
    inFlight: 0,
    waiting: 0,
    ofAll: true,
    instances: [],
  },
  tasks: [],
  jobs: [],
  settingsRevision: 1,
  quietMs: null,
  quietMsByTopic: nothingQuiet,
};

const live = applyLive(undefined, 'snapshot', snapshot, 0);
const keysEvent = (changed: KeyItem[], more = 0): LiveEvent<'keys'> => ({
  changed,
  more,
  removed: [],
  counts,
  providers: [],
});

const task = (id: string, startedAt: number, finishedAt: number | null = null) =>
  ({ id, startedAt, finishedAt, state: finishedAt === null ? 'running' : 'succeeded' }) as TaskItem;

describe('merging by id', () => {
  test('changes what is there, in its place', () => {
    const items = [
      { id: 'a', n: 1 },
      { id: 'b', n: 2 },
    ];
    expect(mergeById(items, [{ id: 'b', n: 3 }])).toEqual([
      { id: 'a', n: 1 },
      { id: 'b', n: 3 },
    ]);
  });

  test('gives the very same array back when nothing of it has changed', () => {
    const items = [{ id: 'a', n: 1 }];
    expect(mergeById(items, [])).toBe(items);
    expect(mergeById(items, [{ id: 'elsewhere', n: 1 }])).toBe(items);
  });

  test('adds what is new only where that is wanted', () => {
    expect(mergeById([{ id: 'a' }], [{ id: 'b' }], true)).toEqual([{ id: 'a' }, { id: 'b' }]);
  });
});

describe('the live data', () => {
  test('is nothing before the first snapshot; a later one replaces all but what was told of single keys and tasks', () => {
    expect(applyLive(undefined, 'rates', snapshot.rates, 1)).toBeUndefined();
    const changed = applyLive(live, 'keys', keysEvent([{ id: 'k', failures: 3 } as KeyItem]), 2);
    expect(changed?.keyItems.size).toBe(1);
    const ended = applyLive(changed, 'tasks', { tasks: [task('t', 1, 2)] }, 2);
    const again = applyLive(ended, 'snapshot', { ...snapshot, at: 2 }, 3);
    expect([again?.at, again?.toldAt.keys, again?.tasks]).toEqual([2, 3, []]);
    expect(again?.keyItems.get('k')).toMatchObject({ at: 2, item: { failures: 3 } });
    expect(again?.taskItems.get('t')?.item.state).toBe('succeeded');
  });

  test('takes counts of keys for all and for each provider', () => {
    const now = { ...counts, active: 1, cooling: 1 };
    const data = applyLive(
      live,
      'keys',
      { ...keysEvent([]), counts: now, providers: [{ slug: 'default', keys: now }] },
      1,
    );
    expect(data?.keys).toEqual(now);
    expect(data?.providers[0]?.keys).toEqual(now);
  });

  test('takes a breaker to its provider and leaves the rest as it was', () => {
    const open = { state: 'open', cause: 'failures', reason: '8 failures', openUntil: 9 } as const;
    const data = applyLive(
      live,
      'breakers',
      { providers: [{ id: 'p1', slug: 'default', breaker: open }] },
      1,
    );
    expect(data?.providers[0]).toMatchObject({ name: 'Default', breaker: open });
    expect(data?.keys).toBe(snapshot.keys);
  });
});

test('tasks are the newest first, and only a score of those that ended is kept', () => {
  const ended = Array.from({ length: 30 }, (_, index) => task(`ended-${index}`, index, index + 1));
  const merged = mergeTasks(ended, [task('running', 0)]);
  expect(merged).toHaveLength(21);
  expect(merged[0]?.id).toBe('ended-29');
  expect(merged.at(-1)?.id).toBe('running');
});

test('once very many keys were told of, and where an event leaves keys out, lists are asked for anew', () => {
  const many = Array.from({ length: 3_000 }, (_, index) => ({ id: `k${index}` }) as KeyItem);
  const more = Array.from({ length: 3_000 }, (_, index) => ({ id: `m${index}` }) as KeyItem);
  const once = applyLive(live, 'keys', keysEvent(many), 1);
  expect([isMoreThanTold(live, keysEvent(many)), once?.keyItems.size]).toEqual([false, 3_000]);
  const twice = applyLive(once, 'keys', keysEvent(more), 2);
  expect([isMoreThanTold(once, keysEvent(more)), twice?.keyItems.size]).toEqual([true, 6_000]);
  expect(isMoreThanTold(live, keysEvent([], 1))).toBe(true);
});

test('only views by live state can change their members when a key changes', () => {
  expect(dependsOnLiveState({ sort: 'createdAt' })).toBe(false);
  expect(dependsOnLiveState({ sort: 'hint', status: '' })).toBe(false);
  expect(dependsOnLiveState({ sort: 'createdAt', status: 'cooling' })).toBe(true);
  expect(dependsOnLiveState({ sort: 'createdAt', minFailures: 1 })).toBe(true);
  expect(dependsOnLiveState({ sort: 'lastUsedAt' })).toBe(true);
});
