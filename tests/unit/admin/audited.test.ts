import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { ADDRESSES, type EndpointName } from '../../../lib/admin/contract/addresses';
import type { AdminContext } from '../../../lib/admin/context';
import { deleteKey } from '../../../lib/admin/keys/delete';
import { ADMIN_VERBS } from '../../../lib/admin/verbs';
import { fileOf } from '../inventory/support';
import { keyNamed, keysOf, world, type World } from './support';

interface Parts {
  readonly provider: string;
  readonly key: string;
  readonly proxy: string;
  readonly token: string;
  readonly deletionId: string;
  readonly receiver: string;
  readonly view: string;
}

const RECEIVER = { kind: 'json', url: 'https://alerts.example/hook' };
const VIEW = { page: 'keys', state: { query: { status: 'cooling' }, columns: {} } };
const BUDGET = { amount: 1, unit: 'usd', period: 'day' };

/** Every endpoint that changes what the store keeps, and what to send to it. */
const CHANGES: Partial<Record<EndpointName, (parts: Parts) => unknown>> = {
  'alerts.create': () => ({ ...RECEIVER, name: 'new' }),
  'alerts.update': ({ receiver }) => ({ id: receiver, name: 'renamed' }),
  'alerts.delete': ({ receiver }) => ({ id: receiver }),
  'views.create': () => ({ ...VIEW, name: 'new' }),
  'views.update': ({ view }) => ({ id: view, name: 'renamed' }),
  'views.delete': ({ view }) => ({ id: view }),
  'providers.create': () => ({ ...PROVIDER, name: 'New' }),
  'providers.reorder': ({ provider }) => ({ ids: [provider] }),
  'providers.update': ({ provider }) => ({ id: provider, name: 'Renamed' }),
  'providers.delete': ({ provider }) => ({ id: provider }),
  'keys.import': () => ({ ...IMPORT, text: keyNamed('new'), provider: 'other' }),
  'keys.undo': ({ deletionId }) => ({ deletionId }),
  'keys.update': ({ key }) => ({ id: key, note: 'mine', enabled: false, provider: 'other' }),
  'keys.delete': ({ key }) => ({ id: key }),
  'keys.reset': ({ key }) => ({ id: key }),
  'proxies.create': () => ({ text: 'http://new.example:8080', isShared: true, note: '' }),
  'proxies.update': ({ proxy }) => ({ id: proxy, enabled: false, note: 'x' }),
  'proxies.delete': ({ proxy }) => ({ id: proxy }),
  'routes.replace': () => ({ routes: [{ name: 'fast', targets: [{ provider: 'default' }] }] }),
  'settings.update': () => ({ values: { MAX_FAILURES: 9 } }),
  'settings.reset': () => ({ names: ['MAX_FAILURES'] }),
  'tokens.create': () => ({ name: 'mine' }),
  'tokens.update': ({ token }) => ({ id: token, name: 'yours', budget: BUDGET }),
  'tokens.resetSpent': ({ token }) => ({ id: token }),
  'tokens.import': () => ({ tokens: [{ name: 'third' }], existing: 'skip' }),
  'installation.move-in': () => ({ program: 'litellm', config: LITELLM, preview: false }),
  'tokens.revoke': ({ token }) => ({ id: token }),
};

/** Those that go on as a task: what they do with all there is. */
const TASKS: readonly (readonly [EndpointName, string, unknown])[] = [
  ...['reset', 'enable', 'disable', 'delete'].map((action) => ['keys.bulk', action, { action }] as const),
  ['keys.bulk', 'move', { action: 'move', to: 'other' }],
  ['keys.bulk', 'edit', { action: 'edit', set: { account: 'team' } }],
  ...['enable', 'disable', 'delete', 'delete-failed'].map(
    (action) => ['proxies.bulk', action, { action }] as const,
  ),
  ['logs.delete', 'all', { kind: 'requests', all: true }],
];

/** They keep nothing of anybody's own: they ask, test, show, or start and stop what is not in the store. */
const KEEP_NOTHING: readonly EndpointName[] = [
  'providers.check',
  'providers.models',
  'providers.test',
  'keys.search',
  'keys.exportSelected',
  'keys.verify',
  'keys.reveal',
  'prices.update',
  'proxies.testUnsaved',
  'tokens.previewImport',
  'proxies.test',
  'jobs.run',
  'tasks.cancel',
  'alerts.test',
];

const LITELLM = 'model_list: [{model_name: a, litellm_params: {model: openai/a, api_key: sk-moved-000001}}]';
const PROVIDER = {
  baseUrl: 'https://o.example/v1',
  isEnabled: true,
  timeoutSeconds: null,
  firstTokenTimeoutSeconds: null,
  maxFailures: null,
  maxRetries: null,
  testModel: null,
  selectionPolicy: null,
};
const IMPORT = { preview: false, odd: 'add', note: '', weight: 1, tags: [], verify: false };

async function prepared(): Promise<{ world: World; parts: Parts }> {
  const one = await world({ API_KEYS: [keyNamed('a'), keyNamed('b')].join() });
  const { context } = one;
  const call = verbOf(context);
  await call('providers.create', { ...PROVIDER, name: 'Other' });
  await call('keys.import', { ...IMPORT, text: keyNamed('gone'), provider: 'other' });
  await call('proxies.create', { text: 'http://proxy.example:8080', isShared: false, note: '' });
  await call('tokens.create', { name: 'first', budget: BUDGET });
  await call('alerts.create', { ...RECEIVER, name: 'ops' });
  await call('views.create', { ...VIEW, name: 'first' });
  const [gone] = await keysOf(context, { provider: 'other' });
  const { deletionId } = await deleteKey(context, { id: gone?.id ?? '' });
  const [key] = await keysOf(context, { provider: 'default' });
  const { providers, egresses, clientTokens } = context.configuration.inventory;
  const parts = {
    provider: providers.find(({ slug }) => slug === 'other')?.id ?? '',
    key: key?.id ?? '',
    proxy: egresses[0]?.id ?? '',
    token: clientTokens[0]?.id ?? '',
    deletionId,
    receiver: context.settings.current.ALERT_RECEIVERS[0]?.id ?? '',
    view: (await one.store.savedViews.list())[0]?.id ?? '',
  };
  return { world: one, parts };
}

type Call = (name: EndpointName, input: unknown) => Promise<unknown>;

const verbOf =
  (context: AdminContext): Call =>
  async (name, input) => {
    const verb = ADMIN_VERBS[name] as (context: AdminContext, input: unknown) => unknown;
    const answer = await verb(context, input);
    const { task } = (answer ?? {}) as { task?: { id: string } | null };
    if (task !== undefined && task !== null) await context.tasks.finished(task.id);
    return answer;
  };

/** All that the program knows and keeps, as text. */
async function everything({ context, store, restarted }: World): Promise<string> {
  const live = [...context.pools.values()].flatMap((pool) =>
    pool.keys.map(({ config, disabled, failures }) => [
      pool.config.provider,
      config.keyId,
      disabled,
      failures,
    ]),
  );
  const proxies = [...context.egresses.states].map(({ config, disabled }) => [config.egressId, disabled]);
  const { providers, keys, egresses, clientTokens } = await restarted();
  const stored = {
    providers,
    keys: [...keys].map(([id, rows]) => [id, [...rows.values()]]),
    egresses,
    clientTokens,
    views: await store.savedViews.list(),
  };
  const settings = (await store.settings.list()).filter(({ name }) => name !== 'providers_synced');
  return JSON.stringify([live, proxies, stored, settings, context.settings.current]);
}

function sql({ store }: World, statement: string): void {
  const database = new Sqlite(fileOf.get(store) ?? '', { timeout: 5_000 });
  database.exec(statement);
  database.close();
}

it('every endpoint that writes is either a change that is looked at here, or keeps nothing', () => {
  const writing = Object.entries(ADDRESSES).filter(([, address]) => !address.startsWith('GET '));
  const known = [...Object.keys(CHANGES), ...TASKS.map(([name]) => name), ...KEEP_NOTHING];
  expect(writing.map(([name]) => name).sort()).toEqual([...new Set(known)].sort());
});

describe('a change whose entry the audit list does not take is refused, and changes neither memory nor store', () => {
  it.each(Object.entries(CHANGES))('%s', async (name, inputOf) => {
    const { world: one, parts } = await prepared();
    const call = verbOf(one.context);
    const entries = (await one.audit()).length;
    const before = await everything(one);
    sql(one, 'ALTER TABLE AuditLog RENAME TO AuditLogAway');
    await expect(call(name as EndpointName, inputOf(parts))).rejects.toMatchObject({
      code: 'database_failed',
    });
    sql(one, 'ALTER TABLE AuditLogAway RENAME TO AuditLog');
    expect(await everything(one)).toBe(before);
    expect(await one.audit()).toHaveLength(entries);
    // And afterwards it has exactly one entry.
    await call(name as EndpointName, inputOf(parts));
    const [entry, ...older] = await one.audit();
    expect(entry).toMatchObject({ action: name, actor: 'bearer 203.0.113.7' });
    expect(older).toHaveLength(entries);
  });

  it.each(TASKS)('%s %s', async (name, action, input) => {
    const { world: one } = await prepared();
    const call = verbOf(one.context);
    const entries = (await one.audit()).length;
    const before = await everything(one);
    sql(one, 'ALTER TABLE AuditLog RENAME TO AuditLogAway');
    await call(name, input);
    expect(one.context.tasks.list()[0]).toMatchObject({ state: 'failed' });
    sql(one, 'ALTER TABLE AuditLogAway RENAME TO AuditLog');
    expect(await everything(one)).toBe(before);
    await call(name, input);
    expect(one.context.tasks.list()[0]).toMatchObject({ state: 'succeeded' });
    const [entry, ...older] = await one.audit();
    expect(entry?.action).toBe(name === 'logs.delete' ? name : `${name.replace('.bulk', '')}.${action}`);
    expect(older).toHaveLength(entries);
  });
});
