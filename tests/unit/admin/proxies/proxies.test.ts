import { expect, it } from 'vitest';
import { proxyItemSchema } from '../../../../lib/admin/contract/proxies';
import type { AdminContext } from '../../../../lib/admin/context';
import { updateKey } from '../../../../lib/admin/keys/update';
import { bulkProxies } from '../../../../lib/admin/proxies/bulk';
import { createProxies } from '../../../../lib/admin/proxies/create';
import { deleteProxy } from '../../../../lib/admin/proxies/delete';
import { listProxies } from '../../../../lib/admin/proxies/list';
import { testAddresses, testProxy } from '../../../../lib/admin/proxies/test';
import { updateProxy } from '../../../../lib/admin/proxies/update';
import { VERDICTS } from '../../../../lib/balancer/attempts/verdict';
import { keyNamed, keysOf, world } from '../support';

const PASSWORD = 'very-secret-password';
const TEXT = `http://user:${PASSWORD}@one.example:8080\nsocks5://two.example:1080, socks5://two.example:1080`;
const add = (context: AdminContext, text: string) =>
  createProxies(context, { text, isShared: true, note: '' });
const list = (context: AdminContext, more: object = {}) =>
  listProxies(context, { page: 1, pageSize: 50, sort: 'createdAt', order: 'asc', ...more });

it('adds many at once, which are used at once, and tells what was wrong with the others', async () => {
  const { context, pool, audit } = await world({ API_KEYS: [keyNamed('a'), keyNamed('b')].join() });
  const bad = `ftp://x:${PASSWORD}@three.example`;
  const report = await add(context, `${TEXT}\n${bad}\nnonsense`);
  expect(report).toMatchObject({ duplicates: 1, invalid: [{ line: 3 }, { line: 4 }] });
  expect(report.added.map((item) => proxyItemSchema.parse(item))).toMatchObject([
    {
      address: 'http://user:***@one.example:8080',
      scheme: 'http',
      port: 8080,
      hasPassword: true,
      status: 'unchecked',
    },
    { address: 'socks5://two.example:1080', hasPassword: false, source: 'dashboard' },
  ]);
  expect(pool('default').config.egress).toMatchObject({ mode: 'proxies' });
  expect((await list(context)).items.reduce((sum, { boundKeys }) => sum + boundKeys, 0)).toBe(2);
  expect(JSON.stringify([report, await list(context), await audit()])).not.toContain(PASSWORD);
});

it.each(['', ':'])(
  'shows a user name with no password (%j behind it) as a hint: it may be a token',
  async (end) => {
    const { context, audit, restarted } = await world();
    const [one, two] = ['first-token-of-a-vendor', 'second-token-of-a-vendor'];
    const { added } = await add(context, `http://${one}${end}@p.example:80 http://${two}${end}@p.example:80`);
    expect(added.map(({ address }) => address)).toEqual([
      'http://first...or@p.example',
      'http://secon...dor@p.example',
    ]);
    await updateProxy(context, { id: added[0]?.id ?? '', version: 1, note: 'mine' });
    expect(JSON.stringify([await list(context), await audit()])).not.toContain('-token-');
    expect((await restarted()).egresses.map(({ hint }) => hint)).toEqual(added.map(({ address }) => address));
  },
);

it('of a row of an earlier version, no more is shown either', async () => {
  const { store } = await world();
  const token = 'first-token-of-a-vendor';
  await store.upkeep.egress.createMany([
    {
      url: `http://${token}@p.example`,
      hint: `http://${token}@p.example`,
      source: 'dashboard',
      isShared: true,
    },
  ]);
  const { context } = await world({}, {}, store);
  expect((await list(context)).items.map(({ address }) => address)).toEqual(['http://first...or@p.example']);
});

it('those that are there already are left alone', async () => {
  const { context } = await world();
  await add(context, TEXT);
  expect(await add(context, TEXT)).toMatchObject({ added: [], duplicates: 3 });
});

it('tests one and notes how it went', async () => {
  const { context } = await world();
  const [proxy] = (await add(context, TEXT)).added;
  const result = await testProxy(context, { id: proxy?.id ?? '' });
  expect(result).toMatchObject({
    ok: true,
    latencyMs: 5,
    proxy: { status: 'healthy', latencyMs: 5, lastStatus: 200 },
  });
});

it('tests addresses in the order of the request, without keeping them', async () => {
  const { context } = await world();
  const { items } = await testAddresses(context, {
    urls: ['http://a.example:1', 'nonsense', `http://u:${PASSWORD}@b.example:2`],
  });
  expect(items.map(({ ok }) => ok)).toEqual([true, false, true]);
  expect(JSON.stringify(items)).not.toContain(PASSWORD);
  expect((await list(context)).total).toBe(0);
});

it('disables, enables and edits, and tells the second of two', async () => {
  const { context } = await world();
  const [proxy] = (await add(context, TEXT)).added;
  const { id = '', version = 0 } = proxy ?? {};
  expect(await updateProxy(context, { id, version, enabled: false, note: 'slow' })).toMatchObject({
    status: 'disabled_manual',
    note: 'slow',
    version: version + 1,
  });
  expect((await list(context, { status: 'disabled' })).total).toBe(1);
  await expect(updateProxy(context, { id, version, enabled: true })).rejects.toMatchObject({
    code: 'conflict',
  });
  await bulkProxies(context, { action: 'enable', all: true });
  expect((await list(context, { status: 'disabled' })).total).toBe(0);
});

it('keys that were pinned to a deleted proxy are free again', async () => {
  const { context } = await world({ API_KEYS: keyNamed('a') });
  const [proxy] = (await add(context, TEXT)).added;
  const id = proxy?.id ?? '';
  const [key] = await keysOf(context);
  await updateKey(context, { id: key?.id ?? '', egressId: id });
  expect((await list(context)).items[0]?.boundKeys).toBe(1);
  await deleteProxy(context, { id });
  expect(await keysOf(context)).toMatchObject([{ egressId: null }]);
  expect((await list(context)).total).toBe(1);
});

it('a test of all says at which hosts it was made, and tells what failed from what may be the fault of those', async () => {
  const { context } = await world();
  const { added } = await add(context, TEXT);
  const [first, second] = added.map(({ id }) => context.egresses.get(id)?.config.url);
  const tried = ['page.example:443', 'api.example:443'].map((address) => ({
    address,
    error: 'no answer in time',
  }));
  const failed = { latencyMs: undefined, status: undefined, error: 'no answer in time', tried };
  const check = (address: string) =>
    Promise.resolve(
      address === first
        ? { ...failed, at: 'either' as const }
        : address === second
          ? { ...failed, at: 'egress' as const, tried: tried.slice(0, 1) }
          : { latencyMs: 5, status: 200, error: undefined },
    );
  const testing = { ...context, egressProbing: { ...context.egressProbing, check } };
  const { task } = await bulkProxies(testing, { action: 'test', all: true });
  const result = { passed: 0, failed: 1, unclear: 1, testedAt: ['page.example:443', 'api.example:443'] };
  expect(task).toMatchObject({ state: 'succeeded', result });
  expect((await list(context)).items.map(({ status, failures }) => [status, failures])).toEqual([
    ['unchecked', 0],
    ['failing', 1],
  ]);
  const unsaved = await testAddresses(testing, { urls: [first ?? '', second ?? ''] });
  expect(unsaved.items).toMatchObject([
    { ok: false, isUnclear: true, tried },
    { ok: false, isUnclear: false },
  ]);
});

it('deletes those that have failed, and no others', async () => {
  const { context } = await world();
  const { added } = await add(context, TEXT);
  context.egresses.checked(
    added[0]?.id ?? '',
    { at: 1, latencyMs: undefined, status: undefined, error: 'dead' },
    1,
  );
  const { task } = await bulkProxies(context, { action: 'delete-failed', all: true });
  expect(task).toMatchObject({ state: 'succeeded', result: { matched: 2, changed: 1, skipped: 1 } });
  expect((await list(context)).items.map(({ id }) => id)).toEqual([added[1]?.id]);
});

it('is as the last test or the last request through it tells, and says since when it has not worked', async () => {
  const { context, clock } = await world({ API_KEYS: keyNamed('a') });
  const [proxy] = (await add(context, 'http://one.example:8080')).added;
  const id = proxy?.id ?? '';
  const state = async () => (await list(context)).items[0];
  expect(await state()).toMatchObject({ status: 'unchecked', lastWorkedAt: null, failingSince: null });

  const failed = { at: clock.now, latencyMs: undefined, status: undefined, error: 'dead' };
  context.egresses.checked(id, failed, 1);
  expect(await state()).toMatchObject({
    status: 'disabled_auto',
    failingSince: clock.now,
    lastError: 'dead',
  });

  // The only one there is, so it is used all the same.
  clock.now += 1_000;
  const lease = context.egresses.lease(
    { keyId: 'k' },
    { mode: 'proxies', egressIds: [id], isSticky: true },
    new Set(),
    clock.now,
  );
  if (typeof lease !== 'object') throw new Error('no way out');
  context.egresses.settle(lease, 'p', VERDICTS.success, '', {}, clock.now);
  expect(await state()).toMatchObject({
    status: 'healthy',
    failures: 0,
    lastWorkedAt: clock.now,
    failingSince: null,
    lastError: null,
  });
});
