import { expect, test } from 'vitest';
import type { KeyItem } from '../../../lib/admin/contract/keys';
import type { LiveSnapshot } from '../../../lib/admin/contract/live';
import type { Overview } from '../../../lib/admin/contract/stats';
import type { TaskItem } from '../../../lib/admin/contract/tasks';
import { applyLive } from '../../../lib/client/live-data';
import {
  withLiveInstances,
  withLiveKeys,
  withLiveOverview,
  withLiveTasks,
} from '../../../lib/client/live-merge';
import { nothingQuiet } from './quiet';

const counts = { total: 1, active: 1, cooling: 0, disabledAuto: 0, disabledManual: 0, inFlight: 0 };
const cooling = { ...counts, active: 0, cooling: 1 };
const closed = { state: 'closed', cause: null, reason: null, openUntil: null } as const;
const rates = {
  requestsPerMinute: 0,
  tokensPerMinute: 0,
  successRate: null,
  latencyP50Ms: null,
  latencyP95Ms: null,
  inFlight: 0,
  waiting: 0,
  ofAll: true,
  instances: [],
};
const provider = {
  id: 'p',
  slug: 'default',
  name: 'Default',
  isEnabled: true,
  breaker: closed,
  keys: counts,
};
const snapshot: LiveSnapshot = {
  at: 1,
  providers: [provider],
  keys: counts,
  proxies: [],
  rates,
  tasks: [],
  jobs: [],
  settingsRevision: 1,
  quietMs: null,
  quietMsByTopic: nothingQuiet,
};
const live = applyLive(undefined, 'snapshot', snapshot, 10);
const keysEvent = (failures: number) => ({
  changed: [{ id: 'k', failures } as KeyItem],
  more: 0,
  removed: [],
  counts: cooling,
  providers: [{ slug: 'default', keys: cooling }],
});
const told = applyLive(live, 'keys', keysEvent(2), 20);

const page = (failures: number, askedAt: number) => ({
  items: [{ id: 'k', failures } as KeyItem],
  total: 1,
  askedAt,
});

test('what the stream told after an answer was asked for is shown in its place', () => {
  expect(withLiveKeys(page(0, 15), told).items[0]?.failures).toBe(2);
});

test('an answer that was asked for after the stream told something is the newer one', () => {
  const newer = page(5, 21);
  expect(withLiveKeys(newer, told)).toBe(newer);
});

test('an old answer that comes late never replaces what the stream told meanwhile', () => {
  const late = page(0, 19);
  expect(withLiveKeys(late, applyLive(told, 'rates', rates, 30)).items[0]?.failures).toBe(2);
});

test('what was told stays over a break, until an answer comes that was asked for after it', () => {
  const again = applyLive(told, 'snapshot', snapshot, 40);
  expect(withLiveKeys(page(0, 15), again).items[0]?.failures).toBe(2);
  const answer = page(0, 41);
  expect(withLiveKeys(answer, again)).toBe(answer);
});

test('an overview takes from the stream what is newer, each part by itself, and its totals from the answer', () => {
  const totals = { requests: 7 };
  const overview = {
    rates: { ...rates, inFlight: 3 },
    keys: counts,
    providers: [{ ...provider, isDefault: true, totals }],
    totals,
    isFirstRun: false,
    askedAt: 15,
  } as unknown as Overview & { askedAt: number };
  expect(withLiveOverview(overview, told)).toMatchObject({
    keys: cooling,
    // Told before the answer was asked for.
    rates: { inFlight: 3 },
    providers: [{ keys: cooling, breaker: closed, totals }],
    totals,
  });
  expect(withLiveOverview({ ...overview, askedAt: 25 }, told)).toMatchObject({ keys: counts });
  expect(overview.keys).toBe(counts);
});

test('a task that the answer could not know yet is in the list, and one that it knows better is as it says', () => {
  const task = (id: string, state: string) => ({ id, state, startedAt: 1, finishedAt: null }) as TaskItem;
  const withTasks = applyLive(
    applyLive(live, 'tasks', { tasks: [task('old', 'running')] }, 12),
    'tasks',
    { tasks: [task('new', 'running')] },
    30,
  );
  const list = { items: [task('old', 'succeeded')], askedAt: 20 };
  expect(
    withLiveTasks(list, withTasks)
      .map(({ id, state }) => `${id} ${state}`)
      .sort(),
  ).toEqual(['new running', 'old succeeded']);
});

test('a row stays the same object until there is other news of it', () => {
  const asked = page(0, 15);
  const first = withLiveKeys(asked, told).items[0];
  expect(withLiveKeys(asked, applyLive(told, 'rates', rates, 25)).items[0]).toBe(first);
  expect(withLiveKeys(asked, applyLive(told, 'keys', keysEvent(3), 30)).items[0]?.failures).toBe(3);
});

test('the figures of each instance are those told last, and who was not asked for yet does not come in', () => {
  const one = {
    ...{ id: 'a', name: 'n', isThis: true, host: 'h', pid: 1, version: '1', startedAt: 1 },
    ...{ inFlight: 0, waiting: 0, requestsPerMinute: 0 },
  };
  const list = { items: [one], askedAt: 10 };
  const figures = { inFlight: 3, waiting: 1, requestsPerMinute: 60 };
  const instances = [
    { id: 'a', ...figures },
    { id: 'b', ...figures },
  ];
  const told = (at: number) =>
    applyLive(applyLive(undefined, 'snapshot', snapshot, 1), 'rates', { ...rates, instances }, at);
  expect(withLiveInstances(list, told(20)).items).toEqual([{ ...one, ...figures }]);
  expect(withLiveInstances(list, told(5)).items).toEqual([one]);
});
