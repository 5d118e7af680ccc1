import { beforeEach, describe, expect, it } from 'vitest';
import { reconcile, type Outside, type SettingRecord } from '../../../../lib/config/reconcile';
import { settingsStore } from '../../../../lib/runtime/settings/settings-store';
import type { Store } from '../../../../lib/store/open-store';
import { NOW, temporaryStore } from '../../inventory/support';

let store: Store;

beforeEach(async () => {
  store = await temporaryStore();
});

/** One start of an instance, up to what it applies. Returns the settings in force. */
async function start(instanceId: string, outside: Required<Outside>, envFile = '/etc/a.env') {
  const keeper = settingsStore(
    store,
    () => NOW,
    () => undefined,
    {
      instanceId,
      envFile,
      namesAtStart: {
        environment: Object.keys(outside.environment),
        file: Object.keys(outside.file),
      },
    },
  );
  const before = await keeper.list();
  const { records } = reconcile(before, outside);
  await keeper.saveMany(records);
  return inForce();
}

async function inForce(): Promise<Record<string, string | null>> {
  const rows = await settingsStore(
    store,
    () => NOW,
    () => undefined,
  ).list();
  return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
}

async function dashboardSets(name: SettingRecord['name'], value: string): Promise<void> {
  const keeper = settingsStore(
    store,
    () => NOW,
    () => undefined,
  );
  const known = (await keeper.list()).find((record) => record.name === name);
  await keeper.saveMany([
    { appliedEnvironment: null, appliedFile: null, ...known, name, value, source: 'dashboard' },
  ]);
}

const file = (values: Record<string, string>) => ({ environment: {}, file: values });

describe('what was applied is remembered by the instance', () => {
  it('so that the dashboard stays until its file changes, and what vanishes from it is gone', async () => {
    await start('a', file({ MAX_FAILURES: '5', MAX_RETRIES: '1' }));
    await dashboardSets('MAX_FAILURES', '9');
    expect(await start('a', file({ MAX_FAILURES: '5', MAX_RETRIES: '1' }))).toMatchObject({
      MAX_FAILURES: '9',
    });
    expect(await start('a', file({ MAX_FAILURES: '6' }))).toEqual({ MAX_FAILURES: '6', MAX_RETRIES: null });
  });

  it('and not by the database: another instance without the variable takes nothing away', async () => {
    await start('a', file({ AUTH_TOKEN: 'sk-admin', MAX_RETRIES: '1' }));
    expect(await start('b', file({}))).toMatchObject({ AUTH_TOKEN: 'sk-admin', MAX_RETRIES: '1' });
    expect(await start('b', file({}))).toMatchObject({ AUTH_TOKEN: 'sk-admin' });
    expect(await start('a', file({ MAX_RETRIES: '1' }))).toMatchObject({ AUTH_TOKEN: null });
  });

  it('another instance with the same text does not apply it over the dashboard, one with another text does', async () => {
    await start('a', file({ MAX_FAILURES: '5' }));
    await dashboardSets('MAX_FAILURES', '9');
    expect(await start('b', file({ MAX_FAILURES: '5' }))).toMatchObject({ MAX_FAILURES: '9' });
    expect(await start('c', file({ MAX_FAILURES: '6' }))).toMatchObject({ MAX_FAILURES: '6' });
  });

  it('for each file: another path is another writer', async () => {
    await start('a', file({ MAX_FAILURES: '5' }), '/etc/a.env');
    expect(await start('a', file({}), '/etc/b.env')).toMatchObject({ MAX_FAILURES: '5' });
    expect(await start('a', file({}), '/etc/a.env')).toMatchObject({ MAX_FAILURES: null });
  });

  it('together with the settings: what could not be saved is applied again', async () => {
    const keeper = settingsStore(
      {
        ...store,
        keepUp: () => Promise.reject(new Error('the disk is full')),
      },
      () => NOW,
      () => undefined,
      { instanceId: 'a', envFile: '/etc/a.env', namesAtStart: { environment: [], file: ['MAX_FAILURES'] } },
    );
    const { records } = reconcile(await keeper.list(), file({ MAX_FAILURES: '5' }));
    await expect(keeper.saveMany(records)).rejects.toThrow('the disk is full');
    expect(await start('a', file({ MAX_FAILURES: '5' }))).toMatchObject({ MAX_FAILURES: '5' });
  });
});

describe('an upgrade from a version that kept it in the database for all', () => {
  const before = async (values: Record<string, string>) => {
    const keeper = settingsStore(
      store,
      () => NOW,
      () => undefined,
    );
    await keeper.saveMany(reconcile([], file(values)).records);
  };

  it('applies nothing again', async () => {
    await before({ MAX_FAILURES: '5' });
    await dashboardSets('MAX_FAILURES', '9');
    expect(await start('a', file({ MAX_FAILURES: '5' }))).toMatchObject({ MAX_FAILURES: '9' });
  });

  it('still sees what changed or vanished meanwhile', async () => {
    await before({ MAX_FAILURES: '5', MAX_RETRIES: '1' });
    expect(await start('a', file({ MAX_FAILURES: '6' }))).toEqual({ MAX_FAILURES: '6', MAX_RETRIES: null });
  });
});

it('rows that instances left behind are gone after thirty days', async () => {
  await start('old', file({ MAX_FAILURES: '5' }));
  const later = settingsStore(
    store,
    () => NOW + 31 * 86_400_000,
    () => undefined,
    {
      instanceId: 'new',
      envFile: '/etc/a.env',
      namesAtStart: { environment: [], file: [] },
    },
  );
  await later.list();
  const names = (await store.settings.list())
    .map(({ name }) => name)
    .filter((name) => name.startsWith('applied:'));
  expect(names).toHaveLength(1);
  expect(names[0]).toMatch(/^applied:new:/);
});
