import { describe, expect, it } from 'vitest';
import type { AdminContext } from '../../../lib/admin/context';
import { bulkKeys } from '../../../lib/admin/keys/bulk';
import { deleteKey } from '../../../lib/admin/keys/delete';
import { importKeys } from '../../../lib/admin/keys/import';
import { resetKey } from '../../../lib/admin/keys/reset';
import { undoDeletion } from '../../../lib/admin/keys/undo';
import { updateKey } from '../../../lib/admin/keys/update';
import { createProvider } from '../../../lib/admin/providers/create';
import { deleteProvider } from '../../../lib/admin/providers/delete';
import { updateProvider } from '../../../lib/admin/providers/update';
import { bulkProxies } from '../../../lib/admin/proxies/bulk';
import { createProxies } from '../../../lib/admin/proxies/create';
import { deleteProxy } from '../../../lib/admin/proxies/delete';
import { updateSettings } from '../../../lib/admin/settings/update';
import { createToken } from '../../../lib/admin/tokens/create';
import { revokeToken } from '../../../lib/admin/tokens/revoke';
import type { Configuration } from '../../../lib/inventory/configuration';
import { OutsideChanges } from '../../../lib/inventory/outside-changes';
import type { ChangeNote } from '../../../lib/store/change-notes';
import type { Store } from '../../../lib/store/open-store';
import { keyNamed, NEW_PROVIDER, world, type World } from '../admin/support';
import { anotherStore, temporaryStore } from './support';

interface Instance extends World {
  /** Takes over what others have changed; returns what that was. */
  readonly catchUp: () => Promise<readonly string[]>;
}

const KEYS = { API_KEYS: ['a', 'b'].map(keyNamed).join(',') };
const OTHER = { ...NEW_PROVIDER, name: 'Other', baseUrl: 'https://other.example/v1' };

async function instanceOn(store: Store): Promise<Instance> {
  const changes = new OutsideChanges(store.changeNotes);
  await changes.begin();
  const started = await world(KEYS, {}, store);
  const { context } = started;
  const applied: ChangeNote[] = [];
  const target = {
    auth: { learnSignedOut: () => undefined },
    settings: context.settings,
    configuration: context.configuration as Configuration,
    pools: context.pools,
    keys: store.keys,
    onUnreadable: fail,
    onApplied: (notes: readonly ChangeNote[]) => void applied.push(...notes),
    onError: fail,
  };
  return {
    ...started,
    async catchUp() {
      await changes.check(target);
      return applied.splice(0).map(({ kind }) => kind);
    },
  };
}

async function twoInstances(): Promise<readonly [Instance, Instance]> {
  const store = await temporaryStore();
  const here = await instanceOn(store);
  const there = await instanceOn(await anotherStore(store));
  await here.catchUp();
  return [here, there];
}

function fail(problem: unknown): never {
  throw problem;
}

const idOf = ({ pool }: World, name: string, provider = 'default'): string =>
  pool(provider).keys.find(({ config }) => config.secret === keyNamed(name))?.config.keyId ?? 'none';
const secretsOf = ({ pool }: World, provider = 'default') =>
  pool(provider)
    .keys.map(({ config }) => config.secret)
    .sort();
const letsIn = ({ gateway }: World, token: string) => gateway().access.check(() => token).ok;
const bulk = async (context: AdminContext, input: Parameters<typeof bulkKeys>[1]) => {
  const { task } = await bulkKeys(context, input);
  return (await context.tasks.finished(task.id))?.result as { deletionId: string };
};
const importTo = (context: AdminContext, provider: string, names: readonly string[]) => {
  const text = names.map(keyNamed).join('\n');
  const rest = { preview: false, note: '', weight: 1, odd: 'take', verify: false } as const;
  return importKeys(context, { provider, text, ...rest });
};

describe('what a person says of a key at one instance', () => {
  it('holds at the other, whose counters and older knowledge undo none of it', async () => {
    const [here, there] = await twoInstances();
    const id = idOf(here, 'a');
    const ofThere = there.pool('default').key(id);
    if (ofThere === undefined) throw new Error('the key is missing');

    await bulk(here.context, { action: 'disable', ids: [id] });
    ofThere.requestCount += 3;
    const refused = { isAlive: false, status: 401, reason: 'revoked', mayDisable: true } as const;
    expect(there.pool('default').probed(id, refused, 0)).toBe('disabled');
    await there.context.flushKeyStates();
    expect(await there.catchUp()).toEqual(['keys']);
    expect(ofThere.disabled).toMatchObject({ by: 'manual' });
    await there.context.flushKeyStates();
    const [disabled] = await here.store.keys.load([id]);
    expect(disabled).toMatchObject({ isDisabled: true, disabledBy: 'manual', epoch: 1 });

    ofThere.cooldown.until = 5;
    await resetKey(here.context, { id });
    await there.catchUp();
    expect(ofThere).toMatchObject({ disabled: undefined, failures: 0, cooldown: { until: 0 }, epoch: 2 });
    await updateKey(there.context, { id, version: 1, enabled: false });
    await here.catchUp();
    expect(here.pool('default').key(id)).toMatchObject({ disabled: { by: 'manual' }, epoch: 3 });
  });

  it('is not put in force twice by the one that took it', async () => {
    const [here, there] = await twoInstances();
    await bulk(here.context, { action: 'disable', filter: {} });
    expect(await here.catchUp()).toEqual([]);
    expect(await there.catchUp()).toEqual(['keys']);
    expect(await there.catchUp()).toEqual([]);
  });
});

describe('what is changed at one instance is in force at the other', () => {
  it('keys that come, get other options, go, and come back', async () => {
    const [here, there] = await twoInstances();
    await importTo(here.context, 'default', ['c', 'd']);
    expect(await there.catchUp()).toEqual(['key_rows']);
    expect(secretsOf(there)).toEqual(secretsOf(here));
    const id = idOf(here, 'c');
    await bulk(here.context, { action: 'edit', ids: [id], set: { account: 'org-1' } });
    await there.catchUp();
    expect(there.pool('default').key(id)?.config.account).toBe('org-1');
    const { deletionId } = await deleteKey(here.context, { id });
    await there.catchUp();
    expect(secretsOf(there)).toEqual(['a', 'b', 'd'].map(keyNamed).sort());
    await undoDeletion(here.context, { deletionId: String(deletionId) });
    await there.catchUp();
    expect(secretsOf(there)).toEqual(secretsOf(here));
    expect(secretsOf(there)).toHaveLength(4);
  });

  it('providers, with keys that come or are moved to them in the same breath', async () => {
    const [here, there] = await twoInstances();
    const { id, version } = await createProvider(here.context, OTHER);
    await importTo(here.context, 'other', ['x']);
    await bulk(here.context, { action: 'move', ids: [idOf(here, 'b')], to: 'other' });
    await there.catchUp();
    expect(secretsOf(there, 'other')).toEqual(['b', 'x'].map(keyNamed).sort());
    expect(secretsOf(there)).toEqual([keyNamed('a')]);
    await updateProvider(here.context, { id, version, baseUrl: 'https://new.example/v1' });
    expect(await there.catchUp()).toEqual(['providers']);
    expect(there.gateway().providers.get('other')?.target.baseUrl).toBe('https://new.example/v1');
    await deleteProvider(here.context, { id });
    await there.catchUp();
    expect([...there.gateway().providers.keys()]).toEqual(['default']);
  });

  it('client tokens: a revoked one lets nobody in', async () => {
    const [here, there] = await twoInstances();
    const { token, item } = await createToken(here.context, { name: 'shop' });
    expect(letsIn(there, token)).toBe(false);
    expect(await there.catchUp()).toEqual(['tokens']);
    expect(letsIn(there, token)).toBe(true);
    await revokeToken(here.context, { id: item.id });
    await there.catchUp();
    expect(letsIn(there, token)).toBe(false);
  });

  it('proxies: nobody goes out directly any more, nor through one that is disabled', async () => {
    const [here, there] = await twoInstances();
    const text = 'http://one.example:1\nhttp://two.example:2';
    const { added } = await createProxies(here.context, { text, isShared: true, note: '' });
    const ids = added.map(({ id }) => id);
    expect(await there.catchUp()).toEqual(['proxies']);
    expect(there.pool('default').config.egress).toMatchObject({ mode: 'proxies', egressIds: ids });
    const first = ids.slice(0, 1);
    const { task } = await bulkProxies(here.context, { action: 'disable', ids: first });
    await here.context.tasks.finished(task.id);
    await there.catchUp();
    expect(ids.map((id) => there.context.egresses.get(id)?.disabled?.by)).toEqual(['manual', undefined]);
    await deleteProxy(here.context, { id: ids[0] ?? '' });
    await there.catchUp();
    expect([...there.context.egresses.states].map(({ config }) => config.egressId)).toEqual(ids.slice(1));
  });

  it('settings, with the keys that they name', async () => {
    const [here, there] = await twoInstances();
    await updateSettings(here.context, {
      values: { MAX_RETRIES: 7, API_KEYS: ['b', 'n'].map(keyNamed) },
    });
    await here.context.configuration.settled();
    await there.catchUp();
    await there.catchUp();
    expect(there.context.settings.current.MAX_RETRIES).toBe(7);
    expect(secretsOf(there)).toEqual(secretsOf(here));
    expect(secretsOf(there)).toEqual(['b', 'n'].map(keyNamed).sort());
  });
});
