import { expect, it } from 'vitest';
import type { AttentionItem } from '../../../lib/admin/contract/stats';
import { IncidentHistory, type HistoryPorts } from '../../../lib/alerts/incident-history';
import type { IncidentRow } from '../../../lib/store/incidents';

const out: AttentionItem = {
  kind: 'shortage',
  id: 'shortage:disk',
  severity: 'high',
  since: 1_000,
  of: 'disk',
};

function prepare() {
  const world = {
    now: 10_000,
    items: [] as AttentionItem[],
    hasTurn: true,
    isDatabaseOut: false,
    errors: [] as string[],
    rows: new Map<string, IncidentRow>(),
  };
  const work = async <T>(done: () => T): Promise<T> => {
    if (world.isDatabaseOut) throw new Error('out');
    return done();
  };
  const ports: HistoryPorts = {
    incidents: () => Promise.resolve(world.items),
    hasTurn: () => world.hasTurn,
    store: {
      recent: () => work(() => [...world.rows.values()]),
      save: (rows) => work(() => rows.forEach((row) => world.rows.set(row.id, row))),
    },
    now: () => world.now,
    steadyNow: () => world.now,
    onError: (_error, what) => world.errors.push(what),
  };
  const lasted = () => [...world.rows.values()].map(({ beganAt, endedAt }) => [beganAt, endedAt]);
  const at = async (now: number, history: IncidentHistory, ...items: AttentionItem[]) => {
    Object.assign(world, { now, items });
    await history.look();
  };
  return { world, at, lasted, start: () => new IncidentHistory(ports) };
}

it('whoever has the turn keeps the history, and whoever takes it over goes on in the same row', async () => {
  const { world, at, lasted, start } = prepare();
  const [first, second] = [start(), start()];
  await at(10_000, first, out);
  world.hasTurn = false;
  await at(12_000, second, out);
  await at(12_000, first, out);
  expect(lasted()).toEqual([[1_000, null]]);
  world.hasTurn = true;
  await at(14_000, second, out);
  await at(16_000, second);
  expect(lasted()).toEqual([[1_000, 16_000]]);
});

it('while the database is out it is said once, and what was wrong meanwhile is written afterwards', async () => {
  const { world, at, lasted, start } = prepare();
  const history = start();
  await at(10_000, history);
  world.isDatabaseOut = true;
  await at(12_000, history, out);
  await at(14_000, history, out);
  await at(16_000, history);
  expect([world.errors.length, lasted()]).toEqual([1, []]);
  world.isDatabaseOut = false;
  await at(18_000, history);
  expect(lasted()).toEqual([[1_000, 16_000]]);
});

it('after an end in order the next start knows when each was last seen', async () => {
  const { world, at, lasted, start } = prepare();
  const first = start();
  await at(10_000, first, out);
  await at(12_000, first, out);
  await first.close();
  expect(lasted()).toEqual([[1_000, null]]);
  const second = start();
  await at(90_000, second);
  expect(lasted()).toEqual([[1_000, 12_000]]);
  world.isDatabaseOut = true;
  await expect(second.close()).resolves.toBeUndefined();
});

it('who loses the turn while the database is out leaves what only it knows as over', async () => {
  const { world, at, lasted, start } = prepare();
  const history = start();
  await at(10_000, history);
  world.isDatabaseOut = true;
  await at(12_000, history, out);
  Object.assign(world, { isDatabaseOut: false, hasTurn: false });
  await at(14_000, history, out);
  expect(lasted()).toEqual([[1_000, 12_000]]);
});
