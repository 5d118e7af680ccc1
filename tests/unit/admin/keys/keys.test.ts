import { describe, expect, it } from 'vitest';
import { bulkKeys } from '../../../../lib/admin/keys/bulk';
import { deleteKey } from '../../../../lib/admin/keys/delete';
import { exportKeys } from '../../../../lib/admin/keys/export';
import { importKeys } from '../../../../lib/admin/keys/import';
import { listKeys } from '../../../../lib/admin/keys/list';
import { revealKey } from '../../../../lib/admin/keys/reveal';
import { undoDeletion } from '../../../../lib/admin/keys/undo';
import { updateKey } from '../../../../lib/admin/keys/update';
import type { KeyBulkResult } from '../../../../lib/admin/contract/keys';
import { createProvider } from '../../../../lib/admin/providers/create';
import type { AdminContext } from '../../../../lib/admin/context';
import { keyNamed, keysOf, world, NEW_PROVIDER } from '../support';

const names = (...list: string[]) => list.map(keyNamed);
const add = (context: AdminContext, text: string, more: object = {}) =>
  importKeys(context, {
    provider: 'default',
    text,
    preview: false,
    note: '',
    weight: 1,
    tags: [],
    odd: 'take',
    verify: false,
    ...more,
  });
const addOther = (context: AdminContext) =>
  createProvider(context, { ...NEW_PROVIDER, name: 'Other', baseUrl: 'https://other.example/v1' });
const bulk = async (context: AdminContext, input: Parameters<typeof bulkKeys>[1]) => {
  const { task } = await bulkKeys(context, input);
  return (await context.tasks.finished(task.id))?.result as KeyBulkResult;
};
const ends = (items: readonly { hint: string }[]) => items.map(({ hint }) => hint.slice(-4));

it('keys sorted by hint come in the order of their hints, whatever they begin and end with', async () => {
  const { context } = await world({});
  const values = [
    'sk-b-0000000000000z',
    'sk-b-00000000000010',
    'gsk_9',
    'sk-a-00000000000000~',
    'x',
    'AIza-0000000000Z',
  ];
  await add(context, values.join('\n'));
  const { items } = await listKeys(context, { page: 1, pageSize: 50, sort: 'hint', order: 'asc' });
  const hints = items.map(({ hint }) => hint);
  expect(hints).toEqual([...hints].sort());
  const back = await listKeys(context, { page: 1, pageSize: 50, sort: 'hint', order: 'desc' });
  expect(back.items.map(({ hint }) => hint)).toEqual([...hints].reverse());
});

describe('importing', () => {
  it('adds what is new, at once and for good, and tells of the rest', async () => {
    const { context, pool, restarted, audit } = await world({ API_KEYS: keyNamed('old') });
    const text = [...names('a', 'b', 'a', 'old'), 'schlüssel'].join('\n');
    const { report, task } = await add(context, text, { note: 'mine', weight: 3 });
    expect(report).toMatchObject({
      isPreview: false,
      added: 2,
      duplicates: 1,
      existing: 1,
      invalidCount: 1,
      invalid: [{ line: 5 }],
    });
    expect(task?.state).toBe('succeeded');
    expect(pool('default').size).toBe(3);
    const rows = [...(await restarted()).keys.values()].flatMap((keys) => [...keys.values()]);
    expect(rows.filter(({ source }) => source === 'dashboard')).toMatchObject([
      { value: keyNamed('a'), note: 'mine', weight: 3 },
      { value: keyNamed('b'), note: 'mine', weight: 3 },
    ]);
    expect(await audit()).toMatchObject([
      { action: 'keys.import', target: 'default', actor: 'bearer 203.0.113.7' },
    ]);
    expect(JSON.stringify([report, await audit()])).not.toContain(keyNamed('a'));
  });

  it('a preview says the same and changes nothing', async () => {
    const { context, pool, audit } = await world({ API_KEYS: keyNamed('old') });
    const { report, task } = await add(context, names('a', 'a', 'old').join(','), { preview: true });
    expect(report).toMatchObject({ isPreview: true, added: 1, duplicates: 1, existing: 1 });
    expect(report?.sample.map(({ outcome }) => outcome)).toEqual(['new', 'duplicate', 'existing']);
    expect(task).toBeNull();
    expect(pool('default').size).toBe(1);
    expect(await audit()).toEqual([]);
  });

  it('gives a key the weight that the text has for it', async () => {
    const { context, pool } = await world();
    const csv = `key,weight,note,tags\n${keyNamed('a')},5,hello,prod\n${keyNamed('b')},,,`;
    await add(context, csv, { weight: 2 });
    await add(context, JSON.stringify([{ key: keyNamed('c'), weight: 3.5 }]));
    const weights = pool('default').keys.map(({ config }) => [config.secret, config.weight]);
    expect(weights).toEqual([
      [keyNamed('a'), 5],
      [keyNamed('b'), 2],
      [keyNamed('c'), 3.5],
    ]);
  });

  it('leaves a key that is there as it is, and tells how many the text has something else of', async () => {
    const { context, pool } = await world();
    const csv = (rpm: number) =>
      `key,requests_per_minute,weight\n${keyNamed('a')},${rpm},3\n${keyNamed('b')},,`;
    await add(context, csv(7));
    for (const preview of [true, false]) {
      const { report } = await add(context, csv(9), { preview });
      expect(report).toMatchObject({ added: 0, existing: 2, unchanged: 1 });
      expect(report?.sample[0]?.limits).toEqual({ requestsPerMinute: 7 });
    }
    expect((await add(context, csv(7))).report).toMatchObject({ existing: 2, unchanged: 0 });
    expect(pool('default').keys[0]?.config.limits).toEqual({ requestsPerMinute: 7 });
  });

  it('thousands are added by a task whose result is the report', async () => {
    const { context, pool } = await world();
    const text = Array.from({ length: 6_000 }, (_, index) => `sk-many-${index}`).join(' ');
    const { report, task } = await add(context, text);
    expect(report).toBeNull();
    const status = await context.tasks.finished(task?.id ?? '');
    expect(status).toMatchObject({ state: 'succeeded', done: 6_000, result: { added: 6_000 } });
    expect(pool('default').size).toBe(6_000);
  });

  it('two imports of the same keys at once add each of them once', async () => {
    const { context, pool } = await world();
    const text = Array.from({ length: 300 }, (_, index) => `sk-same-${index}`).join('\n');
    const reports = await Promise.all([add(context, text), add(context, text)]);
    expect(reports.map(({ report }) => (report?.added ?? 0) + (report?.existing ?? 0))).toEqual([300, 300]);
    expect(reports.reduce((sum, { report }) => sum + (report?.added ?? 0), 0)).toBe(300);
    expect(pool('default').size).toBe(300);
  });

  it('keys of an unknown provider are refused with the field', async () => {
    const { context } = await world();
    await expect(add(context, 'sk-a', { provider: 'nobody' })).rejects.toMatchObject({
      code: 'invalid_input',
      fields: { provider: "there is no provider 'nobody'" },
    });
  });
});

describe('listing', () => {
  it('filters by status, failures, last error, model and words', async () => {
    const { context, pool, clock } = await world({ API_KEYS: names('a', 'b', 'c', 'd').join(',') });
    const [a, b, c] = pool('default').keys;
    if (!a || !b || !c) throw new Error('keys are missing');
    pool('default').disable(a.config.keyId, 'by hand');
    b.disabled = { by: 'auto', reason: '401' };
    Object.assign(b, { failures: 3, lastErrorAt: 1, lastErrorStatus: 401 });
    c.modelCooldowns = new Map([['gpt-x', { until: clock.now + 1000, inARow: 1, probe: undefined }]]);
    const found = async (filter: Parameters<typeof keysOf>[1]) => ends(await keysOf(context, filter));
    expect(await found({ status: 'active' })).toEqual(['---d']);
    expect(await found({ status: 'cooling' })).toEqual(['---c']);
    expect(await found({ status: 'disabled' })).toEqual(['---a', '---b']);
    expect(await found({ status: 'disabled_auto' })).toEqual(['---b']);
    expect(await found({ minFailures: 3 })).toEqual(['---b']);
    expect(await found({ errorStatus: 401 })).toEqual(['---b']);
    expect(await found({ model: 'gpt-x' })).toEqual(['---c']);
    expect(await found({ search: '--D' })).toEqual(['---d']);
    clock.now += 1000;
    expect(await found({ status: 'cooling' })).toEqual([]);
  });

  it('finds a whole key that is pasted, and echoes none', async () => {
    const { context } = await world({ API_KEYS: names('a', 'b').join(',') });
    const answer = await listKeys(context, {
      page: 1,
      pageSize: 50,
      sort: 'createdAt',
      order: 'asc',
      search: keyNamed('b'),
    });
    expect(ends(answer.items)).toEqual(['---b']);
    expect(JSON.stringify(answer)).not.toContain(keyNamed('b'));
  });

  it('shows what has changed since the last time', async () => {
    const { context } = await world({ API_KEYS: names('a', 'b').join(',') });
    const list = () => listKeys(context, { page: 1, pageSize: 50, sort: 'createdAt', order: 'asc' });
    const [first] = (await list()).items;
    if (!first) throw new Error('the key is missing');
    await updateKey(context, { id: first.id, version: first.version, note: 'mine' });
    expect((await list()).items.map(({ note }) => note)).toEqual(['mine', '']);
    await deleteKey(context, { id: first.id });
    await add(context, keyNamed('c'));
    const { items } = await list();
    expect(items.map(({ note }) => note)).toEqual(['', '']);
    await addOther(context);
    await bulk(context, { action: 'move', ids: items.map(({ id }) => id), to: 'other' });
    expect((await list()).items.map((item) => item.provider)).toEqual(['other', 'other']);
  });

  it('pages hold every key once, in any order', async () => {
    const all = Array.from({ length: 57 }, (_, index) => keyNamed(String(index)));
    const { context, pool } = await world({ API_KEYS: all.join(',') });
    for (const [index, key] of pool('default').keys.entries()) key.requestCount = index % 5;
    for (const sort of ['createdAt', 'hint', 'requestCount', 'status', 'provider', 'lastUsedAt'] as const) {
      for (const order of ['asc', 'desc'] as const) {
        const seen: string[] = [];
        for (let page = 1; page <= 6; page++) {
          const { items, total } = await listKeys(context, { page, pageSize: 10, sort, order });
          seen.push(...items.map(({ id }) => id));
          expect(total).toBe(57);
        }
        expect(new Set(seen).size).toBe(57);
      }
    }
  });
});

describe('changing many', () => {
  it('disables, enables and resets those that pass a filter, and a restart knows it', async () => {
    const { context, pool, restarted, audit } = await world({ API_KEYS: names('a', 'b', 'c').join(',') });
    expect(await bulk(context, { action: 'disable', filter: { search: '---a' } })).toMatchObject({
      matched: 1,
      changed: 1,
    });
    expect(pool('default').candidates).toBe(2);
    const rows = [...(await restarted()).keys.values()].flatMap((keys) => [...keys.values()]);
    expect(rows.filter(({ isDisabled }) => isDisabled)).toMatchObject([
      { value: keyNamed('a'), disabledBy: 'manual' },
    ]);
    await bulk(context, { action: 'enable', filter: { status: 'disabled' } });
    expect(pool('default').candidates).toBe(3);
    await bulk(context, { action: 'disable', filter: {} });
    expect(pool('default').candidates).toBe(0);
    await bulk(context, { action: 'reset', filter: {} });
    expect(pool('default').candidates).toBe(3);
    expect((await audit()).map(({ action }) => action)).toEqual([
      'keys.reset',
      'keys.disable',
      'keys.enable',
      'keys.disable',
    ]);
  });

  it('lives by the same number of words as is stored, however many keys there are', async () => {
    const values = Array.from({ length: 600 }, (_, n) => keyNamed(`k${n}`));
    const { context, pool, restarted } = await world({ API_KEYS: values.join(',') });
    await addOther(context);
    await bulk(context, { action: 'disable', filter: {} });
    const [first] = pool('default').keys;
    await updateKey(context, { id: first?.config.keyId ?? '', version: 1, enabled: true });
    const stored = [...(await restarted()).keys.values()].flatMap((keys) => [...keys.values()]);
    const live = new Map(pool('default').keys.map(({ config, epoch }) => [config.keyId, epoch]));
    expect(live).toEqual(new Map(stored.map(({ id, epoch }) => [id, epoch])));
    expect([...live.values()]).toEqual([2, ...Array.from({ length: 599 }, () => 1)]);
    expect(stored.filter(({ isDisabled }) => isDisabled)).toHaveLength(599);

    await bulk(context, { action: 'move', filter: {}, to: 'other' });
    expect(new Set(pool('other').keys.map(({ epoch }) => epoch))).toEqual(new Set([3, 2]));
  });

  it('passes over ids of keys that are gone', async () => {
    const { context, pool } = await world({ API_KEYS: names('a').join(',') });
    const ids = [pool('default').keys[0]?.config.keyId ?? '', 'gone'];
    expect(await bulk(context, { action: 'disable', ids })).toMatchObject({ matched: 1, changed: 1 });
  });

  it('moves keys, which start afresh but for their counters; those that are there already stay', async () => {
    const { context, pool, restarted } = await world({ API_KEYS: names('a', 'b', 'c').join(',') });
    await addOther(context);
    await add(context, keyNamed('b'), { provider: 'other' });
    const [a] = pool('default').keys;
    if (!a) throw new Error('the key is missing');
    Object.assign(a, { failures: 2, requestCount: 9, disabled: { by: 'auto', reason: '401' } });
    pool('default').disable(a.config.keyId, 'by hand');
    const result = await bulk(context, { action: 'move', filter: { provider: 'default' }, to: 'other' });
    expect(result).toMatchObject({ matched: 3, changed: 2, skipped: 1, reasons: [{ count: 1 }] });
    expect(pool('default').keys.map(({ config }) => config.secret)).toEqual([keyNamed('b')]);
    expect(pool('other').key(a.config.keyId)).toMatchObject({
      failures: 0,
      requestCount: 9,
      disabled: undefined,
    });
    const { keys, providers } = await restarted();
    const other = keys.get(providers.find(({ slug }) => slug === 'other')?.id ?? '');
    expect(other?.get(a.config.keyId)).toMatchObject({
      isDisabled: false,
      requestCount: 9,
      source: 'dashboard',
    });
  });
});

describe('deleting', () => {
  it('takes keys out of the rotation at once, and gives them back with their state', async () => {
    const { context, pool, restarted } = await world({ API_KEYS: names('a', 'b', 'c').join(',') });
    const [a] = pool('default').keys;
    if (!a) throw new Error('the key is missing');
    pool('default').disable(a.config.keyId, 'by hand');
    const { deletionId, changed } = await bulk(context, { action: 'delete', filter: { search: '---' } });
    expect(changed).toBe(3);
    expect(pool('default').size).toBe(0);
    expect([...(await restarted()).keys.values()].flatMap((keys) => [...keys.values()])).toEqual([]);
    expect(await undoDeletion(context, { deletionId: deletionId ?? '' })).toEqual({ restored: 3, lost: 0 });
    expect(pool('default').candidates).toBe(2);
    expect(pool('default').key(a.config.keyId)?.disabled).toEqual({ by: 'manual', reason: 'by hand' });
    expect([...(await restarted()).keys.values()].flatMap((keys) => [...keys.values()])).toHaveLength(3);
  });

  it('can be undone for ten minutes, and no longer', async () => {
    const { context, pool, clock } = await world({ API_KEYS: names('a', 'b').join(',') });
    const [a, b] = pool('default').keys.map(({ config }) => config.keyId);
    const first = await deleteKey(context, { id: a ?? '' });
    clock.now = first.undoUntil;
    expect(await undoDeletion(context, first)).toEqual({ restored: 1, lost: 0 });
    const second = await deleteKey(context, { id: b ?? '' });
    clock.now = second.undoUntil + 1;
    await expect(undoDeletion(context, second)).rejects.toMatchObject({ code: 'not_found' });
    await expect(undoDeletion(context, { deletionId: 'nonsense' })).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it('a key that is added anew meanwhile is a new one, and lost to the undo', async () => {
    const { context, pool } = await world({ API_KEYS: names('a', 'b').join(',') });
    const { deletionId } = await bulk(context, { action: 'delete', filter: {} });
    expect((await add(context, keyNamed('a'))).report?.added).toBe(1);
    expect(await undoDeletion(context, { deletionId: deletionId ?? '' })).toEqual({ restored: 1, lost: 1 });
    expect(
      pool('default')
        .keys.map(({ config }) => config.secret)
        .sort(),
    ).toEqual(names('a', 'b').sort());
  });

  it('what is purged is gone for good, and nothing else', async () => {
    const { context, pool, store, clock } = await world({ API_KEYS: names('a', 'b').join(',') });
    const deletion = await deleteKey(context, { id: pool('default').keys[0]?.config.keyId ?? '' });
    expect(await store.upkeep.keys.purgeDiscarded(clock.now)).toBe(0);
    expect(await store.upkeep.keys.purgeDiscarded(clock.now + 1)).toBe(1);
    await expect(undoDeletion(context, deletion)).rejects.toMatchObject({ code: 'not_found' });
    expect(await store.keys.loadAll()).toHaveLength(1);
  });
});

describe('changing one', () => {
  it('changes what is given, and keeps the live state', async () => {
    const { context, pool, restarted } = await world({ API_KEYS: names('a').join(',') });
    const [key] = pool('default').keys;
    if (!key) throw new Error('the key is missing');
    key.requestCount = 42;
    const html = '<img src=x onerror=alert(1)>';
    const item = await updateKey(context, {
      id: key.config.keyId,
      version: 1,
      note: html,
      weight: 7,
      enabled: false,
    });
    expect(item).toMatchObject({
      note: html,
      weight: 7,
      version: 2,
      requestCount: 42,
      status: 'disabled_manual',
    });
    expect(pool('default').keys[0]).toBe(key);
    expect(key.config.weight).toBe(7);
    const rows = [...(await restarted()).keys.values()].flatMap((keys) => [...keys.values()]);
    expect(rows).toMatchObject([{ note: html, weight: 7, isDisabled: true }]);
  });

  it('the second of two who edit at once is told, and changes nothing', async () => {
    const { context, pool } = await world({ API_KEYS: names('a').join(',') });
    const id = pool('default').keys[0]?.config.keyId ?? '';
    await updateKey(context, { id, version: 1, note: 'first' });
    await expect(
      updateKey(context, { id, version: 1, note: 'second', enabled: false }),
    ).rejects.toMatchObject({
      code: 'conflict',
      status: 409,
    });
    expect(await keysOf(context)).toMatchObject([{ note: 'first', status: 'active' }]);
  });

  it('a proxy or a provider that is not there is refused before anything changes', async () => {
    const { context, pool } = await world({ API_KEYS: names('a').join(',') });
    const id = pool('default').keys[0]?.config.keyId ?? '';
    await expect(updateKey(context, { id, note: 'x', egressId: 'gone' })).rejects.toMatchObject({
      fields: { egressId: 'there is no such proxy' },
    });
    await expect(updateKey(context, { id, note: 'x', provider: 'gone' })).rejects.toMatchObject({
      code: 'invalid_input',
    });
    expect(await keysOf(context)).toMatchObject([{ note: '', version: 1 }]);
  });
});

describe('giving keys away', () => {
  it('reveals a key only with a note in the audit list', async () => {
    const { context, pool, audit, store } = await world({ API_KEYS: names('a').join(',') });
    const id = pool('default').keys[0]?.config.keyId ?? '';
    expect(await revealKey(context, { id })).toEqual({ value: keyNamed('a') });
    expect(await audit()).toMatchObject([{ action: 'keys.reveal' }]);
    const broken = {
      ...context,
      store: { ...store, audit: { ...store.audit, insert: () => Promise.reject(new Error('disk full')) } },
    };
    await expect(revealKey(broken, { id })).rejects.toThrow('disk full');
  });

  it('exports hints, or the keys themselves if asked, in each format', async () => {
    const { context, audit } = await world({ API_KEYS: names('a', 'b').join(',') });
    const read = async (format: 'txt' | 'json' | 'csv', secrets: boolean) => {
      let text = '';
      for await (const chunk of (await exportKeys(context, { format, secrets })).chunks) text += chunk;
      return text;
    };
    expect(await read('txt', true)).toBe(`${names('a', 'b').join('\n')}\n`);
    expect(JSON.parse(await read('json', true))).toMatchObject([
      { key: keyNamed('a') },
      { key: keyNamed('b') },
    ]);
    expect((await read('csv', false)).split('\r\n')).toHaveLength(4);
    for (const format of ['txt', 'json', 'csv'] as const) {
      expect(await read(format, false)).not.toContain(keyNamed('a'));
    }
    expect(await audit()).toHaveLength(6);
  });
});
