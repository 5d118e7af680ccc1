import { describe, expect, it } from 'vitest';
import { readSavedAccount } from '../../../lib/balancer/limits/saved-account';
import { partsOf } from '../../../lib/balancer/limits/saved-parts';
import { newReceipt } from '../../../lib/store/database/receipts';
import { rawSql as raw } from '../../support/raw-sql';
import { provider, randomKeyValue } from './backends';
import { onEachBackend } from './on-each-backend';

onEachBackend('providers and keys', (bench) => {
  it('gives back a provider as it was created, with its slug in lower case', async () => {
    const { store } = await bench.fresh();
    const input = provider('Main', {
      modelRequestKey: 'sk-models',
      customHeaders: { 'x-team': 'ä🚀' },
      auth: 'query:key',
      query: { 'api-version': '2024-10-21', ä: '🚀' },
      timeoutSeconds: 1.5,
      firstTokenTimeoutSeconds: 0,
      maxFailures: 0,
      maxRetries: 7,
      testModel: 'gpt',
      selectionPolicy: 'weighted',
      fallbacks: ['other'],
      egress: { mode: 'own', egressIds: ['p1', 'p2'] },
      limits: { requestsPerMinute: 3, models: { 'ä🚀': { tokensPerDay: 1_000_000_000_000 } } },
      source: 'environment',
      isEnabled: false,
    });
    const created = await store.upkeep.providers.create(input);
    expect(created).toEqual({
      ...input,
      slug: 'main',
      id: created.id,
      version: 1,
      createdAt: bench.clock.now,
      updatedAt: bench.clock.now,
    });
    expect(await store.providers.list()).toEqual([created]);
  });

  it('lists providers by position, then slug', async () => {
    const { store } = await bench.fresh();
    for (const [slug, position] of [
      ['c', 1],
      ['b', 2],
      ['a', 2],
    ] as const) {
      await store.upkeep.providers.create(provider(slug, { position }));
    }
    expect((await store.providers.list()).map((row) => row.slug)).toEqual(['c', 'a', 'b']);
  });

  it('refuses a second provider with the same slug in any case', async () => {
    const { store } = await bench.fresh();
    await store.upkeep.providers.create(provider('main'));
    await expect(store.upkeep.providers.create(provider('MAIN'))).rejects.toMatchObject({
      code: 'duplicate',
      status: 409,
    });
  });

  it('changes only what a patch names, and counts the version up', async () => {
    const { store, database } = await bench.fresh();
    const created = await store.upkeep.providers.create(
      provider('main', { modelRequestKey: 'k', customHeaders: { a: 'b' }, limits: { concurrency: 1 } }),
    );
    bench.clock.now += 5;
    await store.upkeep.providers.update(created.id, {
      name: 'New',
      modelRequestKey: null,
      fallbacks: ['x'],
      limits: null,
    });
    const [updated] = await store.providers.list();
    expect(updated).toEqual({
      ...created,
      name: 'New',
      modelRequestKey: null,
      fallbacks: ['x'],
      limits: null,
      version: 2,
      updatedAt: bench.clock.now,
    });
    expect((await raw(database, 'SELECT modelRequestKey FROM Provider'))[0]?.modelRequestKey).toBeNull();
  });

  it('lets only one of two writers with the same expected version through', async () => {
    const { store } = await bench.fresh();
    const { id } = await store.upkeep.providers.create(provider('main'));
    const results = await Promise.allSettled([
      store.upkeep.providers.update(id, { name: 'A' }, 1),
      store.upkeep.providers.update(id, { name: 'B' }, 1),
    ]);
    expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(results.find((result) => result.status === 'rejected')).toMatchObject({
      reason: { code: 'conflict' },
    });
  });

  it('says not_found for a provider that is gone', async () => {
    const { store } = await bench.fresh();
    await expect(store.upkeep.providers.update('nobody', { name: 'A' })).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(store.upkeep.providers.remove('nobody')).resolves.toBeUndefined();
  });

  it('removes a provider with all its keys and leaves the keys of others', async () => {
    const { store } = await bench.fresh();
    const [gone, stays] = [
      await store.upkeep.providers.create(provider('a')),
      await store.upkeep.providers.create(provider('b')),
    ];
    const values = Array.from({ length: 1_203 }, () => ({ value: randomKeyValue() }));
    await store.upkeep.keys.importMany(gone.id, values, 'dashboard');
    await store.upkeep.keys.importMany(stays.id, values.slice(0, 3), 'dashboard');
    await store.upkeep.providers.remove(gone.id);
    expect((await store.providers.list()).map((row) => row.slug)).toEqual(['b']);
    expect((await store.keys.loadAll()).map((key) => key.providerId)).toEqual([stays.id, stays.id, stays.id]);
  });

  it('imports each value once, tells duplicates from added, and gives back what it stored', async () => {
    const { store } = await bench.fresh();
    const { id } = await store.upkeep.providers.create(provider('a'));
    const first = await store.upkeep.keys.importMany(
      id,
      [{ value: 'sk-one', weight: 2.5, note: 'n🚀' }],
      'environment',
    );
    const second = await store.upkeep.keys.importMany(
      id,
      [
        { value: 'sk-one' },
        { value: 'sk-two' },
        { value: 'sk-two' },
        { value: 'sk-ONE' },
        { value: 'sk-one ' },
      ],
      'dashboard',
    );
    expect(first).toMatchObject({
      added: [{ value: 'sk-one', weight: 2.5, note: 'n🚀', source: 'environment' }],
      duplicates: 0,
    });
    expect(second.added.map((key) => key.value)).toEqual(['sk-two', 'sk-ONE', 'sk-one ']);
    expect(second.duplicates).toBe(2);
    expect(await store.keys.loadAll()).toEqual([...first.added, ...second.added]);
  });

  it('gives back limits and account of a key as they were imported and as they were changed', async () => {
    const { store } = await bench.fresh();
    const { id } = await store.upkeep.providers.create(provider('a'));
    const limits = {
      requestsPerMinute: 1,
      models: { constructor: { concurrency: 2 }, 'm"\\': { tokensPerDay: 3 } },
      dayResetsAt: { time: '07:30', zone: 'Asia/Shanghai' },
    };
    const given = { limits, account: 'team ä🚀' };
    const { added } = await store.upkeep.keys.importMany(
      id,
      [{ value: 'sk-one', ...given }, { value: 'sk-two' }],
      'dashboard',
    );
    expect(added).toMatchObject([given, { limits: null, account: null }]);
    expect(await store.keys.loadAll()).toEqual(added);
    const [one, two] = added;
    await store.upkeep.keys.update(one!.id, { limits: null, account: null });
    await store.upkeep.keys.update(two!.id, given);
    expect(await store.keys.loadAll()).toMatchObject([{ limits: null, account: null }, given]);
  });

  it('gives back the tags of a key, and changes those that stand in the database', async () => {
    const { store } = await bench.fresh();
    const { id } = await store.upkeep.providers.create(provider('a'));
    const { added } = await store.upkeep.keys.importMany(
      id,
      [{ value: 'sk-one', tags: ['Prod', 'ü;"🚀'] }, { value: 'sk-two' }, { value: 'sk-three', tags: ['x'] }],
      'dashboard',
    );
    expect(added.map(({ tags }) => tags)).toEqual([['Prod', 'ü;"🚀'], [], ['x']]);
    expect(await store.keys.loadAll()).toEqual(added);
    const [one, two, three] = added.map((key) => key.id) as [string, string, string];
    const retagged = await store.upkeep.keys.retag([one, two, three, 'nobody'], (tags) =>
      tags.includes('x') ? undefined : tags.length === 0 ? tags : [...tags, 'new'],
    );
    expect(retagged).toEqual(
      new Map([
        [one, { tags: ['Prod', 'ü;"🚀', 'new'], version: 2 }],
        [two, { tags: [], version: 1 }],
        [three, undefined],
      ]),
    );
    expect(await store.keys.loadAll()).toMatchObject([
      { tags: ['Prod', 'ü;"🚀', 'new'], version: 2 },
      { tags: [], version: 1 },
      { tags: ['x'], version: 1 },
    ]);
    await store.upkeep.keys.update(one, { tags: [] });
    expect((await store.keys.load([one]))[0]?.tags).toEqual([]);
  });

  it('keeps the same value once for each provider', async () => {
    const { store } = await bench.fresh();
    const [a, b] = [
      await store.upkeep.providers.create(provider('a')),
      await store.upkeep.providers.create(provider('b')),
    ];
    await store.upkeep.keys.importMany(a.id, [{ value: 'sk-one' }], 'dashboard');
    expect((await store.upkeep.keys.importMany(b.id, [{ value: 'sk-one' }], 'dashboard')).added).toHaveLength(
      1,
    );
  });

  it('adds each key once when two imports of the same keys run at once', async () => {
    const { store } = await bench.fresh();
    const { id } = await store.upkeep.providers.create(provider('a'));
    const values = Array.from({ length: 500 }, () => ({ value: randomKeyValue() }));
    const results = await Promise.all([
      store.upkeep.keys.importMany(id, values, 'dashboard'),
      store.upkeep.keys.importMany(id, values.toReversed(), 'dashboard'),
    ]);
    expect(results.reduce((sum, result) => sum + result.added.length, 0)).toBe(500);
    expect(await store.keys.loadAll()).toHaveLength(500);
  });

  it('refuses keys of a provider that does not exist', async () => {
    const { store } = await bench.fresh();
    await expect(store.upkeep.keys.importMany('nobody', [{ value: 'x' }], 'dashboard')).rejects.toMatchObject(
      {
        code: 'not_found',
      },
    );
  });

  it('keeps no secret readable in the database', async () => {
    const { store, database } = await bench.fresh();
    const { id } = await store.upkeep.providers.create(
      provider('a', { modelRequestKey: 'sk-models-secret', customHeaders: { x: 'header-secret' } }),
    );
    await store.upkeep.keys.importMany(id, [{ value: 'sk-key-secret-0123456789' }], 'dashboard');
    await store.upkeep.settings.saveMany([
      {
        name: 'AUTH_TOKEN',
        value: 'setting-secret',
        source: 'environment',
        appliedEnvironment: 'env-secret',
        appliedFile: 'file-secret',
        updatedAt: 1,
      },
    ]);
    const tables = await Promise.all(
      ['Provider', 'ApiKey', 'Setting'].map((table) => raw(database, `SELECT * FROM ${table}`)),
    );
    const everything = tables
      .flat()
      .flatMap((row) => Object.values(row))
      .map((value) => (Buffer.isBuffer(value) ? value.toString('latin1') : String(value)));
    expect(everything.length).toBeGreaterThan(30);
    expect(everything.filter((text) => text.includes('secret'))).toEqual([]);
  });

  it('leaves out and reports a key that was tampered with, and loads all others', async () => {
    const { store, database } = await bench.fresh();
    const { id } = await store.upkeep.providers.create(provider('a'));
    const values = Array.from({ length: 450 }, () => ({ value: randomKeyValue() }));
    const { added } = await store.upkeep.keys.importMany(id, values, 'dashboard');
    const [victim, donor] = [added[17]!, added[200]!];
    // Another key's own sealed text is authentic, but belongs to another row.
    const [stolen] = await raw(database, 'SELECT sealedValue FROM ApiKey WHERE id = ?', [donor.id]);
    await raw(database, 'UPDATE ApiKey SET sealedValue = ? WHERE id = ?', [stolen!.sealedValue, victim.id]);
    const unreadable: string[] = [];
    const loaded = await store.keys.loadAll((key) => unreadable.push(key));
    expect(unreadable).toEqual([victim.id]);
    expect(loaded).toHaveLength(449);
  });

  it('changes and moves a key, and refuses a move onto the same value', async () => {
    const { store } = await bench.fresh();
    const [a, b] = [
      await store.upkeep.providers.create(provider('a')),
      await store.upkeep.providers.create(provider('b')),
    ];
    const [key] = (await store.upkeep.keys.importMany(a.id, [{ value: 'sk-one' }], 'dashboard')).added;
    const [twin] = (await store.upkeep.keys.importMany(b.id, [{ value: 'sk-one' }], 'dashboard')).added;
    await expect(store.upkeep.keys.update(key!.id, { providerId: b.id })).rejects.toMatchObject({
      code: 'duplicate',
    });
    await store.upkeep.keys.removeMany([twin!.id]);
    bench.clock.now += 9;
    const patch = {
      providerId: b.id,
      note: 'moved',
      weight: 3,
      isDisabled: true,
      disabledBy: 'manual',
      reason: 'why',
      modelCooldowns: { 'gpt-4': 5_000_000_000_000 },
      cooldownUntil: 4_000_000_000_000,
    } as const;
    await store.upkeep.keys.update(key!.id, patch);
    expect(await store.keys.loadAll()).toEqual([
      { ...key, ...patch, updatedAt: bench.clock.now, version: 2 },
    ]);
    await expect(store.upkeep.keys.update('nobody', { note: '' })).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it('writes key states as they are, and never brings a deleted key back', async () => {
    const { store } = await bench.fresh();
    const { id } = await store.upkeep.providers.create(provider('a'));
    const values = Array.from({ length: 450 }, () => ({ value: randomKeyValue() }));
    const { added } = await store.upkeep.keys.importMany(id, values, 'dashboard');
    expect(await store.upkeep.keys.removeMany([added[3]!.id, 'nobody'])).toBe(1);
    const cooldowns = { cooldownUntil: 4_000_000_000_000, modelCooldowns: { 'gpt-4o': 4_000_000_000_001 } };
    const times = { lastUsedAt: 1_700_000_000_001, lastErrorAt: 1_700_000_000_002, lastErrorStatus: 401 };
    await store.keys.saveStates(
      added.map((key) => ({
        keyId: key.id,
        disabled: { by: 'auto', reason: 'invalid_api_key' },
        failures: 4,
        cooldowns,
        uses: '{"m":[1,2]} ä🚀',
        counts: { requests: 5_000_000_000, errors: 2, ...times },
      })),
    );
    const loaded = await store.keys.loadAll();
    const counted = { requestCount: 5_000_000_000, errorCount: 2, ...times };
    const disabled = { isDisabled: true, disabledBy: 'auto', reason: 'invalid_api_key' };
    expect(loaded).toHaveLength(449);
    expect(loaded[0]).toEqual({
      ...added[0],
      ...disabled,
      failures: 4,
      ...cooldowns,
      ...counted,
      uses: '{"m":[1,2]} ä🚀',
    });
    expect(loaded.every((key) => key.failures === 4 && key.requestCount === 5_000_000_000)).toBe(true);
  });

  describe('two programs on one database', () => {
    const counts = { requests: 1, errors: 0, lastUsedAt: null, lastErrorAt: null, lastErrorStatus: null };

    async function oneKey() {
      const { store, database } = await bench.fresh();
      const { id } = await store.upkeep.providers.create(provider('a'));
      const { added } = await store.upkeep.keys.importMany(id, [{ value: randomKeyValue() }], 'dashboard');
      const read = async () => (await store.keys.loadAll())[0]!;
      return { store, other: await bench.reopen(database), keyId: added[0]!.id, read };
    }

    it('add up what they count, and of the times keep the newer', async () => {
      const { store, other, keyId, read } = await oneKey();
      const first = { requests: 3, errors: 1, lastUsedAt: 30, lastErrorAt: 20, lastErrorStatus: 500 };
      const second = { requests: 4, errors: 2, lastUsedAt: 10, lastErrorAt: 25, lastErrorStatus: 429 };
      const third = { requests: 5, errors: 1, lastUsedAt: 40, lastErrorAt: 5, lastErrorStatus: 401 };
      await store.keys.saveStates([{ keyId, counts: first }]);
      await other.keys.saveStates([{ keyId, counts: second }]);
      await store.keys.saveStates([{ keyId, counts: third }]);
      const sums = { requestCount: 12, errorCount: 4, lastUsedAt: 40, lastErrorAt: 25, lastErrorStatus: 429 };
      expect(await read()).toMatchObject(sums);
      expect(await other.keys.countsOf([keyId, 'gone'])).toEqual([{ id: keyId, ...sums }]);
    });

    it('touch nothing with a counter that the other has set', async () => {
      const { store, other, keyId, read } = await oneKey();
      const disabled = { by: 'manual', reason: 'mine' } as const;
      const cooldowns = { cooldownUntil: 9, modelCooldowns: { m: 8 } };
      await other.keys.saveStates([{ keyId, isByPerson: true, disabled, failures: 2, cooldowns }]);
      await store.keys.saveStates([{ keyId, counts }]);
      await store.keys.saveStates([{ keyId, failures: 3 }]);
      expect(await read()).toMatchObject({ disabledBy: 'manual', reason: 'mine', failures: 3, ...cooldowns });
    });

    it('touch nothing else with what a key used, and take it away', async () => {
      const { store, other, keyId, read } = await oneKey();
      await other.keys.saveStates([{ keyId, failures: 2, counts }]);
      await store.keys.saveStates([{ keyId, uses: 'u' }]);
      expect(await read()).toMatchObject({ uses: 'u', failures: 2, requestCount: 1 });
      await other.keys.saveStates([{ keyId, counts }]);
      expect(await read()).toMatchObject({ uses: 'u', requestCount: 2 });
      await store.keys.saveStates([{ keyId, uses: null }]);
      expect(await read()).toMatchObject({ uses: null });
    });

    it('keep what each process has used of the limits beside what the others have', async () => {
      const { store, other, keyId, read } = await oneKey();
      const used = (requests: number) => JSON.stringify({ at: 1_000, whole: { d: [2_000, requests, 0] } });
      await store.keys.saveStates([{ keyId, uses: used(1), usesBy: 'one' }]);
      await Promise.all([
        store.keys.saveStates([{ keyId, uses: used(2), usesBy: 'one' }]),
        other.keys.saveStates([{ keyId, uses: used(3), usesBy: 'other' }]),
      ]);
      await other.keys.saveStates([{ keyId, uses: used(4), usesBy: 'other', failures: 1 }]);
      const { uses } = (await read()) ?? {};
      const saved = readSavedAccount(uses ?? '') ?? expect.fail('nothing was saved');
      const days = [...partsOf(saved)].map(([name, { whole }]) => [name, whole?.d?.[1]]);
      expect(days.sort()).toEqual([
        ['one', 2],
        ['other', 4],
      ]);
    });

    it('never undo a person’s word by the program’s', async () => {
      const { store, other, keyId, read } = await oneKey();
      await other.keys.saveStates([{ keyId, isByPerson: true, disabled: { by: 'manual', reason: 'mine' } }]);
      await store.keys.saveStates([{ keyId, disabled: null }]);
      await store.keys.saveStates([{ keyId, disabled: { by: 'auto', reason: 'revoked' } }]);
      expect(await read()).toMatchObject({ isDisabled: true, disabledBy: 'manual', reason: 'mine' });
      await store.keys.saveStates([{ keyId, isByPerson: true, disabled: null }]);
      expect(await read()).toMatchObject({ isDisabled: false, disabledBy: null, reason: null });
    });

    it('never write what was seen before a person spoke over what that person said', async () => {
      const { store, other, keyId, read } = await oneKey();
      const stale = {
        keyId,
        epoch: 0,
        disabled: { by: 'auto', reason: 'revoked' } as const,
        failures: 3,
        cooldowns: { cooldownUntil: 9, modelCooldowns: { m: 8 } },
        counts,
      };
      const epochs = await other.upkeep.keys.setStates([
        { keyId, isByPerson: true, disabled: null, failures: 0 },
        { keyId: 'gone', isByPerson: true, disabled: null },
      ]);
      expect([...epochs]).toEqual([[keyId, 1]]);
      await store.keys.saveStates([stale]);
      const fresh = { isDisabled: false, failures: 0, cooldownUntil: null, modelCooldowns: {} };
      expect(await read()).toMatchObject({ ...fresh, epoch: 1, requestCount: 1 });
      const [said] = await store.keys.saidOf([keyId, 'gone']);
      expect(said).toEqual({ id: keyId, epoch: 1, isDisabled: false, disabledBy: null, reason: null });

      await store.keys.saveStates([{ ...stale, epoch: 1 }]);
      expect(await read()).toMatchObject({ disabledBy: 'auto', failures: 3, cooldownUntil: 9, epoch: 1 });
    });

    it('count a repeated write once, whoever wrote in between', async () => {
      const { store, other, keyId, read } = await oneKey();
      const receipt = newReceipt(bench.clock.now);
      for (let time = 0; time < 3; time += 1) {
        await store.keys.saveStates([{ keyId, counts }], receipt);
        await other.keys.saveStates([{ keyId, counts }], newReceipt(bench.clock.now));
      }
      expect(await read()).toMatchObject({ requestCount: 4 });
    });
  });
});
