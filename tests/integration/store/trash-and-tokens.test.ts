import { NEVER_USED } from '../../../lib/store/client-token-row';
import { expect, it } from 'vitest';
import { provider, restoreAll } from './backends';
import { onEachBackend } from './on-each-backend';

onEachBackend('deleted keys and client tokens', (bench) => {
  const KEYS = ['sk-a', 'sk-b', 'sk-c'].map((value) => ({ value }));

  async function filled() {
    const { store, database } = await bench.fresh();
    const { id } = await store.upkeep.providers.create(provider('main'));
    const { added } = await store.upkeep.keys.importMany(id, KEYS, 'dashboard');
    return { store, database, providerId: id, ids: added.map((key) => key.id) };
  }

  it('a discarded key is no key any more, and comes back as it was', async () => {
    const { store, ids } = await filled();
    const [a = '', b = ''] = ids;
    await store.upkeep.keys.update(a, { note: 'mine', isDisabled: true, disabledBy: 'manual', reason: 'x' });
    bench.clock.now = 1000;
    await store.upkeep.keys.discard([a, b], 'one');
    expect((await store.keys.loadAll()).map(({ value }) => value)).toEqual(['sk-c']);
    await expect(store.upkeep.keys.update(a, { note: 'y' })).rejects.toMatchObject({ code: 'not_found' });
    expect(await restoreAll(store, 'other', 0)).toEqual([]);
    expect(await restoreAll(store, 'one', 1001)).toEqual([]);
    const restored = await restoreAll(store, 'one', 1000);
    expect(restored).toMatchObject([{ id: a, note: 'mine', isDisabled: true }, { id: b }]);
    expect(await store.keys.loadAll()).toHaveLength(3);
    expect(await restoreAll(store, 'one', 0)).toEqual([]);
  });

  it('a discarded key that is imported again is a new one under its id', async () => {
    const { store, providerId, ids } = await filled();
    await store.upkeep.keys.discard(ids, 'all');
    const { added, duplicates } = await store.upkeep.keys.importMany(
      providerId,
      [{ value: 'sk-a' }],
      'dashboard',
    );
    expect([added.length, duplicates]).toEqual([1, 0]);
    expect(added[0]?.id).toBe(ids[0]);
    expect((await restoreAll(store, 'all', 0)).map(({ value }) => value)).toEqual(['sk-b', 'sk-c']);
    expect(await store.keys.loadAll()).toHaveLength(3);
  });

  it('a restore gives back more than one page', async () => {
    const { store, providerId } = await filled();
    const many = Array.from({ length: 450 }, (_, index) => ({ value: `sk-many-${index}` }));
    const { added } = await store.upkeep.keys.importMany(providerId, many, 'dashboard');
    const ids = added.map(({ id }) => id);
    await store.upkeep.keys.discard(ids, 'many');
    expect((await restoreAll(store, 'many', 0)).map(({ id }) => id)).toEqual(ids);
  });

  it('purging deletes what was discarded before a time, and nothing else', async () => {
    const { store, ids } = await filled();
    const [a = '', b = ''] = ids;
    bench.clock.now = 1000;
    await store.upkeep.keys.discard([a], 'old');
    bench.clock.now = 2000;
    await store.upkeep.keys.discard([b], 'new');
    expect(await store.upkeep.keys.purgeDiscarded(2000)).toBe(1);
    expect(await restoreAll(store, 'old', 0)).toEqual([]);
    expect(await restoreAll(store, 'new', 0)).toHaveLength(1);
    expect(await store.keys.loadAll()).toHaveLength(2);
  });

  it('of a key that is purged its account is known and its id, under which it comes again, but no secret', async () => {
    const { store, providerId, ids } = await filled();
    const [a = '', b = '', c = ''] = ids;
    await store.upkeep.keys.updateMany([a], { account: 'acme' });
    expect(await store.formerKeys.accountOf(a)).toBe('acme');
    bench.clock.now = 1000;
    await store.upkeep.keys.discard([a, b], 'old');
    expect(await store.upkeep.keys.purgeDiscarded(1001)).toBe(2);
    expect(await store.upkeep.keys.purgeDiscarded(5000)).toBe(0);
    expect(await store.formerKeys.accountOf(a)).toBe('acme');
    expect(await store.formerKeys.accountOf(b)).toBeUndefined();
    expect(await store.formerKeys.accountOf('nobody')).toBeUndefined();
    expect((await store.keys.loadAll()).map(({ id }) => id)).toEqual([c]);
    const dump = await store.maintenance.dump();
    expect(dump.tables.find(({ table }) => table === 'ApiKey')?.rows).toHaveLength(1);
    const { added } = await store.upkeep.keys.importMany(
      providerId,
      [{ value: 'sk-new' }, { value: 'sk-b' }, { value: 'sk-b' }],
      'dashboard',
    );
    expect(added.map(({ value }) => value)).toEqual(['sk-new', 'sk-b']);
    expect(added[1]?.id).toBe(b);
    expect(await store.formerKeys.deleteOlderThan(1000, 10)).toBe(0);
    expect(await store.formerKeys.deleteOlderThan(1001, 10)).toBe(1);
    expect(await store.keys.loadAll()).toHaveLength(3);
  });

  it('keys move to another provider, even where a discarded one of the same value lies', async () => {
    const { store, ids } = await filled();
    const [a = ''] = ids;
    const other = await store.upkeep.providers.create(provider('other'));
    const { added } = await store.upkeep.keys.importMany(other.id, [{ value: 'sk-a' }], 'dashboard');
    await store.upkeep.keys.discard(
      added.map(({ id }) => id),
      'gone',
    );
    await store.upkeep.keys.moveMany([a], other.id);
    expect((await store.keys.loadAll()).find(({ id }) => id === a)).toMatchObject({
      providerId: other.id,
      version: 2,
    });
  });

  it('an edit of an old version of a key is a conflict', async () => {
    const { store, ids } = await filled();
    const [a = ''] = ids;
    await store.upkeep.keys.update(a, { note: 'first' }, 1);
    await expect(store.upkeep.keys.update(a, { note: 'second' }, 1)).rejects.toMatchObject({
      code: 'conflict',
    });
    expect((await store.keys.loadAll())[0]).toMatchObject({ note: 'first', version: 2 });
  });

  it('client tokens are kept sealed, renamed, counted and removed', async () => {
    const { store, database } = await bench.fresh();
    bench.clock.now = 5;
    const made = await store.upkeep.clientTokens.create('laptop', 'sk-balance-0123456789');
    expect(made).toMatchObject({ name: 'laptop', createdAt: 5, requestCount: 0, lastUsedAt: null });
    expect(made.hint).not.toContain('0123456789');
    await store.upkeep.clientTokens.update(made.id, { name: 'phone' });
    await store.upkeep.clientTokens.update(made.id, { name: 'phone' }, 2);
    await store.clientTokens.addUsage([
      { id: made.id, requests: 4, lastUsedAt: 99 },
      { id: 'gone', requests: 1, lastUsedAt: 1 },
    ]);
    await store.clientTokens.addUsage([{ id: made.id, requests: 3, lastUsedAt: 98 }]);
    const again = await bench.reopen(database);
    expect(await again.clientTokens.list()).toEqual([
      { ...made, name: 'phone', requestCount: 7, lastUsedAt: 99, version: 3 },
    ]);
    expect(await again.clientTokens.counts()).toEqual([
      { ...NEVER_USED, id: made.id, requestCount: 7, lastUsedAt: 99 },
    ]);
    await store.upkeep.clientTokens.remove(made.id);
    await expect(store.upkeep.clientTokens.remove(made.id)).rejects.toMatchObject({ code: 'not_found' });
    await expect(store.upkeep.clientTokens.update(made.id, { name: 'x' })).rejects.toMatchObject({
      code: 'not_found',
    });
    expect(await store.clientTokens.list()).toEqual([]);
  });

  it('rules of a client token are kept, and what is spent is added once, in its own period', async () => {
    const { store, database } = await bench.fresh();
    const rules = {
      models: ['gpt-*'],
      limits: { concurrency: 2 },
      budget: { amount: 2.5, unit: 'usd', period: 'day' },
    } as const;
    const settings = { rules, isEnabled: false, expiresAt: 1_800_000_000_000, note: 'für Ä' };
    const made = await store.upkeep.clientTokens.create('mine', 'sk-mine', settings, 'day 2026-11-30');
    const spent = (spentPeriod: string, spentNano: number, spentTokens = 0, spentRequests = 1) => [
      {
        id: made.id,
        requests: 1,
        lastUsedAt: 5,
        spent: { spentPeriod, spentNano, spentTokens, spentRequests },
      },
    ];
    const large = 3_000_000_000_000;
    await store.clientTokens.addUsage(spent('day 2026-11-30', large, 7), 'once:a');
    await store.clientTokens.addUsage(spent('day 2026-11-30', large, 7), 'once:a');
    await store.clientTokens.addUsage(spent('day 2026-11-30', 1, 1));
    const now = async () => {
      const [counts] = await store.clientTokens.counts();
      return [counts?.spentPeriod, counts?.spentNano, counts?.spentTokens, counts?.spentRequests];
    };
    expect(await now()).toEqual(['day 2026-11-30', large + 1, 8, 2]);
    await store.clientTokens.addUsage(spent('day 2026-12-01', 3));
    // What comes late of a day that is over is in no other one.
    await store.clientTokens.addUsage(spent('day 2026-11-30', 100));
    await store.clientTokens.addUsage(spent('week 2026-11-30', 100));
    expect(await now()).toEqual(['day 2026-12-01', 3, 0, 1]);
    const again = await bench.reopen(database);
    expect(await again.clientTokens.list()).toEqual([
      {
        ...made,
        ...settings,
        requestCount: 5,
        lastUsedAt: 5,
        spentPeriod: 'day 2026-12-01',
        spentNano: 3,
        spentRequests: 1,
      },
    ]);
    const reset = await store.upkeep.clientTokens.resetSpent(made.id, 'week 2026-11-30');
    expect(await now()).toEqual([reset, 0, 0, 0]);
    // What was spent before a reset and comes late is in nothing that counts.
    await store.clientTokens.addUsage(spent('week 2026-11-30', 100));
    const second = await store.upkeep.clientTokens.resetSpent(made.id, 'week 2026-11-30');
    await store.clientTokens.addUsage(spent(reset, 100));
    await store.clientTokens.addUsage(spent(second, 4));
    expect(await now()).toEqual([second, 4, 0, 1]);
    await store.clientTokens.addUsage(spent('week 2026-12-07', 5));
    expect(await now()).toEqual(['week 2026-12-07', 5, 0, 1]);
    await expect(store.upkeep.clientTokens.update(made.id, { note: 'x' }, 7)).rejects.toMatchObject({
      code: 'conflict',
    });
    await store.upkeep.clientTokens.update(made.id, { rules: null, expiresAt: null }, 1);
    expect((await store.clientTokens.list())[0]).toMatchObject({ rules: null, expiresAt: null, version: 2 });
  });

  it('the errors of one request are found among those of the same moment', async () => {
    const { store } = await bench.fresh();
    const row = (id: string, requestLogId: string) => ({
      id,
      at: 1,
      requestId: 'r',
      requestLogId,
      provider: null,
      keyId: null,
      keyHint: null,
      egressId: null,
      model: null,
      endpoint: '/x',
      status: 500,
      verdict: 'upstream_error',
      message: 'm',
      upstreamId: null,
      upstreamBody: null,
      requestBody: null,
    });
    const time = 'mabcdefgh';
    await store.errorLogs.insertMany([
      row(`${time}00002aaaaaa`, `${time}00001aaaaaa`),
      row(`${time}00003aaaaaa`, `${time}00001aaaaaa`),
      row(`${time}00005aaaaaa`, `${time}00004aaaaaa`),
      row('mabcdefgi00006aaaaaa', 'mabcdefgi00005aaaaaa'),
    ]);
    const found = await store.errorLogs.ofRequest(`${time}00001aaaaaa`);
    expect(found.map(({ id }) => id)).toEqual([`${time}00002aaaaaa`, `${time}00003aaaaaa`]);
  });

  it('logs are found by outcome and token', async () => {
    const { store } = await bench.fresh();
    const row = (id: string, outcome: string, token: string) => ({
      id,
      at: 1,
      requestId: id,
      method: 'POST',
      endpoint: '/x',
      model: null,
      isStream: false,
      provider: null,
      keyId: null,
      keyHint: null,
      egressId: null,
      token,
      status: 200,
      outcome,
      errorCode: null,
      errorMessage: null,
      attemptCount: 0,
      attempts: '[]',
      ttfbMs: null,
      durationMs: 1,
      promptTokens: null,
      cachedTokens: null,
      completionTokens: null,
      costNano: null,
      reasoningTokens: null,
      requestBytes: 0,
      responseBytes: 0,
      upstreamId: null,
      modelAsked: null,
      route: null,
    });
    await store.requestLogs.insertMany([
      row('a', 'success', 't1'),
      row('b', 'timed_out', 't1'),
      row('c', 'success', 't2'),
    ]);
    const found = async (filters: object) =>
      (await store.requestLogs.page({ limit: 9, filters })).rows.map(({ id }) => id);
    expect(await found({ outcome: 'timed_out' })).toEqual(['b']);
    expect(await found({ isFailure: true })).toEqual(['b']);
    expect(await found({ token: 't1' })).toEqual(['b', 'a']);
  });
});
