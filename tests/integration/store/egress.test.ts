import { expect, it } from 'vitest';
import type { NewEgress } from '../../../lib/store/egress/egress-row';
import { provider, randomKeyValue } from './backends';
import { onEachBackend } from './on-each-backend';
import { rawSql as raw } from '../../support/raw-sql';

const proxy = (name: string, rest: Partial<NewEgress> = {}): NewEgress => ({
  url: `http://user:Secret1@${name}.example:8080`,
  hint: `http://user:***@${name}.example:8080`,
  source: 'dashboard',
  isShared: true,
  ...rest,
});

const state = {
  isDisabled: true,
  disabledBy: 'auto',
  reason: 'no answer in time',
  failures: 3,
  checkedAt: 1_700_000_000_500,
  checkLatencyMs: 12,
  checkStatus: 502,
  checkError: 'no answer in time',
} as const;

const { failures, checkedAt, checkLatencyMs, checkStatus, checkError } = state;
const check = { failures, checkedAt, checkLatencyMs, checkStatus, checkError };
const change = { disabled: { by: state.disabledBy, reason: state.reason }, check };

onEachBackend('egress proxies', (bench) => {
  it('come back as they were added, in that order, and those there already are left alone', async () => {
    const { store } = await bench.fresh();
    const added = await store.upkeep.egress.createMany([
      proxy('a', { note: 'first' }),
      proxy('b', { isShared: false }),
    ]);
    expect(added.map(({ hint }) => hint)).toEqual([proxy('a').hint, proxy('b').hint]);
    bench.clock.now += 1;
    expect(await store.upkeep.egress.createMany([proxy('b'), proxy('c'), proxy('c')])).toHaveLength(1);
    const listed = await store.egress.list();
    expect(listed.slice(0, 2)).toEqual(added);
    expect(listed.map(({ url }) => url)).toEqual(['a', 'b', 'c'].map((name) => proxy(name).url));
    expect(listed[0]).toMatchObject({ note: 'first', version: 1, failures: 0, checkedAt: null });
  });

  it('keep their password out of the database file', async () => {
    const { store, database } = await bench.fresh();
    await store.upkeep.egress.createMany([proxy('a')]);
    const rows = await raw(database, 'SELECT * FROM EgressProxy');
    const text = rows.flatMap((row) => Object.values(row)).map(String);
    expect(text.join(' ')).not.toContain('Secret1');
  });

  it('keep their state, which a change by a person does not touch', async () => {
    const { store } = await bench.fresh();
    const [row] = await store.upkeep.egress.createMany([proxy('a')]);
    const id = row?.id ?? '';
    await store.egress.saveStates([
      { id, ...change },
      { id: 'gone', ...change },
    ]);
    await store.upkeep.egress.update(id, { note: 'mine' }, 1);
    expect(await store.egress.list()).toMatchObject([{ id, ...state, note: 'mine', version: 2 }]);
  });

  it('stay out of use when a person has said so, whatever a check says', async () => {
    const { store } = await bench.fresh();
    const [row] = await store.upkeep.egress.createMany([proxy('a')]);
    const id = row?.id ?? '';
    await store.egress.saveStates([{ id, disabled: { by: 'manual', reason: 'mine' }, isByPerson: true }]);
    await store.egress.saveStates([{ id, disabled: null, check }]);
    await store.egress.saveStates([{ id, ...change }]);
    expect(await store.egress.list()).toMatchObject([{ disabledBy: 'manual', reason: 'mine', failures: 3 }]);
    await store.egress.saveStates([{ id, disabled: null, isByPerson: true }]);
    expect(await store.egress.list()).toMatchObject([{ isDisabled: false, disabledBy: null, reason: null }]);
  });

  it('are not written over by what was seen before a person spoke', async () => {
    const { store } = await bench.fresh();
    const [row] = await store.upkeep.egress.createMany([proxy('a')]);
    const id = row?.id ?? '';
    const epochs = await store.upkeep.egress.setStates([{ id, disabled: null, isByPerson: true }]);
    expect([...epochs]).toEqual([[id, 1]]);
    await store.egress.saveStates([{ id, epoch: 0, disabled: { by: 'auto', reason: 'failed' }, check }]);
    expect(await store.egress.list()).toMatchObject([{ isDisabled: false, failures: 0, epoch: 1 }]);
    await store.egress.saveStates([{ id, epoch: 1, disabled: { by: 'auto', reason: 'failed' }, check }]);
    expect(await store.egress.list()).toMatchObject([{ disabledBy: 'auto', failures: check.failures }]);
  });

  it('tell the second of two who change the same, and who changes what is not there', async () => {
    const { store } = await bench.fresh();
    const [row] = await store.upkeep.egress.createMany([proxy('a')]);
    await store.upkeep.egress.update(row?.id ?? '', { note: 'one' }, 1);
    await expect(store.upkeep.egress.update(row?.id ?? '', { note: 'two' }, 1)).rejects.toMatchObject({
      code: 'conflict',
    });
    await expect(store.upkeep.egress.update('nobody', { note: 'x' })).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it('free the keys that were pinned to them when they go', async () => {
    const { store } = await bench.fresh();
    const [row] = await store.upkeep.egress.createMany([proxy('a')]);
    const { id } = await store.upkeep.providers.create(provider('main'));
    const { added } = await store.upkeep.keys.importMany(id, [{ value: randomKeyValue() }], 'dashboard');
    await store.upkeep.keys.update(added[0]?.id ?? '', { egressId: row?.id ?? '' });
    expect(await store.keys.loadAll()).toMatchObject([{ egressId: row?.id }]);
    expect(await store.upkeep.egress.removeMany([row?.id ?? '', 'nobody'])).toBe(1);
    expect(await store.keys.loadAll()).toMatchObject([{ egressId: null }]);
    expect(await store.egress.list()).toEqual([]);
  });

  it('that cannot be decrypted are reported and stay, disabled, so that nothing goes out directly instead', async () => {
    const { store, database } = await bench.fresh();
    await store.upkeep.egress.createMany([proxy('a'), proxy('b')]);
    await raw(database, "UPDATE EgressProxy SET sealedUrl = 'x' WHERE hint LIKE '%a.example%'");
    const unreadable: string[] = [];
    const [lost, kept] = await store.egress.list((id) => unreadable.push(id));
    expect(lost).toMatchObject({ isShared: true, isDisabled: true, disabledBy: 'manual' });
    expect(lost?.reason).toContain('cannot be decrypted');
    expect(lost?.url).toContain('.invalid');
    expect(kept).toMatchObject({ url: proxy('b').url, isDisabled: false });
    expect(unreadable).toEqual([lost?.id]);
  });
});
