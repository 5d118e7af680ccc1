import { expect, it } from 'vitest';
import type { IncidentRow } from '../../../lib/store/incidents';
import { rawSql as raw } from '../../support/raw-sql';
import { onEachBackend } from './on-each-backend';

const AT = 1_700_000_000_000;
const id = (n: number) => `id${String(n).padStart(6, '0')}`;
const incident = (n: number, given: Partial<IncidentRow> = {}): IncidentRow => ({
  id: id(n),
  about: `provider:ä${n}`,
  kind: 'provider',
  severity: 'high',
  beganAt: AT + n * 1_000,
  endedAt: AT + n * 1_000 + 500,
  seenAt: AT + n * 1_000 + 400,
  item: `{"name":"日本 ${n}"}`,
  toldAt: AT + n * 1_000 + 100,
  ...given,
});

onEachBackend('incidents', (bench) => {
  it('come back as they were saved, and the last save of an id wins', async () => {
    const { store } = await bench.fresh();
    await store.incidents.save([incident(1, { endedAt: null }), incident(2)]);
    await store.incidents.save([incident(1, { severity: 'low', beganAt: AT - 5 })]);
    await store.incidents.save([]);
    expect(await store.incidents.page({ filter: {}, limit: 10 })).toEqual([
      incident(2),
      incident(1, { severity: 'low', beganAt: AT - 5 }),
    ]);
  });

  it('are paged from the newest, by the id before or by rows to pass over', async () => {
    const { store } = await bench.fresh();
    await store.incidents.save(Array.from({ length: 450 }, (_, n) => incident(n)));
    const ids = async (query: object) =>
      (await store.incidents.page({ filter: {}, limit: 2, ...query })).map((row) => row.id);
    expect(await ids({})).toEqual([id(449), id(448)]);
    expect(await ids({ skip: 448 })).toEqual([id(1), id(0)]);
    expect(await ids({ before: id(1) })).toEqual([id(0)]);
    expect(await ids({ before: id(0) })).toEqual([]);
    expect(await store.incidents.count({})).toBe(450);
  });

  it('pass by their kind, and by a window that they have a part in', async () => {
    const { store } = await bench.fresh();
    const rows = [incident(1), incident(2, { kind: 'proxy' }), incident(3), incident(4, { endedAt: null })];
    await store.incidents.save(rows);
    const found = async (filter: object) => {
      const page = await store.incidents.page({ filter, limit: 10 });
      expect(await store.incidents.count(filter)).toBe(page.length);
      return page.map((row) => row.id);
    };
    expect(await found({ kind: 'proxy' })).toEqual([id(2)]);
    expect(await found({ from: AT + 2_500, to: AT + 3_999 })).toEqual([id(3), id(2)]);
    expect(await found({ from: AT + 9_000 })).toEqual([id(4)]);
    expect(await found({ to: AT + 1_000, kind: 'provider' })).toEqual([id(1)]);
  });

  it('that last, or ended lately, are found by whoever goes on with them', async () => {
    const { store } = await bench.fresh();
    await store.incidents.save([incident(1), incident(2, { endedAt: null }), incident(3)]);
    expect((await store.incidents.recent(AT + 3_000)).map((row) => row.id)).toEqual([id(3), id(2)]);
  });

  it('that are over are deleted by their age, at most so many at once; what lasts stays', async () => {
    const { store } = await bench.fresh();
    await store.incidents.save([incident(1), incident(2), incident(3), incident(0, { endedAt: null })]);
    expect(await store.incidents.deleteOlderThan(AT + 3_000, 1)).toBe(1);
    expect(await store.incidents.deleteOlderThan(AT + 3_000, 9)).toBe(1);
    expect(await store.incidents.deleteOlderThan(AT + 3_000, 9)).toBe(0);
    const left = await store.incidents.page({ filter: {}, limit: 10 });
    expect(left.map((row) => row.id)).toEqual([id(3), id(0)]);
  });

  it('are never more than 10,000 after a pruning', async () => {
    const { store } = await bench.fresh();
    await store.incidents.save(Array.from({ length: 10_003 }, (_, n) => incident(n)));
    await store.incidents.save([incident(0, { endedAt: null })]);
    expect(await store.incidents.prune()).toBe(3);
    expect(await store.incidents.prune()).toBe(0);
    const oldest = await store.incidents.page({ filter: {}, limit: 2, skip: 9_998 });
    expect(oldest.map((row) => row.id)).toEqual([id(4), id(0)]);
  });

  it('whose names are longer than a column are cut, and names of others do no harm', async () => {
    const { store, database } = await bench.fresh();
    await store.incidents.save([incident(1, { about: `keys:'; DROP TABLE Incident; --${'x'.repeat(600)}` })]);
    const [row] = await store.incidents.recent(0);
    expect(row?.about).toHaveLength(500);
    expect(await raw(database, 'SELECT id FROM Incident')).toHaveLength(1);
  });
});
