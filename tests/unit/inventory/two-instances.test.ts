import { describe, expect, it } from 'vitest';
import type { AdminContext } from '../../../lib/admin/context';
import { bulkKeys } from '../../../lib/admin/keys/bulk';
import { deleteKey } from '../../../lib/admin/keys/delete';
import { findKey } from '../../../lib/admin/keys/find';
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
import { createView } from '../../../lib/admin/views/create';
import { listViews } from '../../../lib/admin/views/list';
import type { Configuration } from '../../../lib/inventory/configuration';
import { OutsideChanges } from '../../../lib/inventory/outside-changes';
import type { ChangeNote } from '../../../lib/store/change-notes';
import type { Store } from '../../../lib/store/open-store';
import { keyNamed, NEW_PROVIDER, world, type World } from '../admin/support';
import { anotherStore, NOW, temporaryStore } from './support';

interface Instance extends World {
  /** Takes over what others have changed; returns what that was. */
  readonly catchUp: () => Promise<readonly string[]>;
  /** How its looks for changes are timed. */
  readonly steady: { now: number };
  /** Names of the notes that it has seen. */
  readonly seen: Set<string>;
}

const KEYS = { API_KEYS: ['a', 'b'].map(keyNamed).join(',') };
const OTHER = { ...NEW_PROVIDER, name: 'Other', baseUrl: 'https://other.example/v1' };

async function instanceOn(store: Store): Promise<Instance> {
  const steady = { now: 0 };
  let seen = new Set<string>();
  const changes = new OutsideChanges(
    { ...store.changeNotes, keepOwnIn: (own) => store.changeNotes.keepOwnIn((seen = own)) },
    () => steady.now,
  );
  await changes.begin();
  const started = await world(KEYS, {}, store);
  const { context } = started;
  const applied: ChangeNote[] = [];
  const target = {
    auth: { learnSignedOut: () => undefined },
    madeToken: { refresh: () => Promise.resolve() },
    signedOutSessions: store.signedOutSessions,
    limiter: { learn: () => undefined },
    guessCounts: store.guessCounts,
    settings: context.settings,
    configuration: context.configuration as Configuration,
    pools: context.pools,
    keys: store.keys,
    egresses: context.egresses,
    proxies: store.egress,
    time: { now: () => started.clock.now, steadyOf: (at: number) => at },
    onUnreadable: fail,
    onApplied: (notes: readonly ChangeNote[]) => void applied.push(...notes),
    onError: fail,
  };
  return {
    ...started,
    steady,
    seen,
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
  return importKeys(context, { provider, text, tags: [], ...rest });
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

  it('tags and saved views are at the other too, and tags that both add are not lost', async () => {
    const [here, there] = await twoInstances();
    const id = idOf(here, 'a');
    await bulk(here.context, { action: 'edit', filter: {}, set: { addTags: ['from here'] } });
    // Before it has heard of that.
    await bulk(there.context, { action: 'edit', filter: {}, set: { addTags: ['from there'] } });
    const view = { page: 'keys', name: 'mine', state: { query: { tag: 'x' }, columns: {} } } as const;
    await createView(here.context, view);
    expect((await there.catchUp()).toSorted()).toEqual(['key_rows', 'views']);
    expect(await here.catchUp()).toEqual(['key_rows']);
    for (const { context } of [here, there]) {
      expect(findKey(context, id).row).toMatchObject({ tags: ['from here', 'from there'], version: 3 });
      expect((await listViews(context)).items).toMatchObject([view]);
    }
  });

  it('is not put in force twice by the one that took it', async () => {
    const [here, there] = await twoInstances();
    await bulk(here.context, { action: 'disable', filter: {} });
    expect(await here.catchUp()).toEqual([]);
    expect(await there.catchUp()).toEqual(['keys']);
    expect(await there.catchUp()).toEqual([]);
  });
});

const OUT = { isAlive: false, status: 401, reason: 'revoked', mayDisable: true } as const;
const stateNotes = async ({ store }: World): Promise<number> => {
  const notes = await store.changeNotes.unseen(new Set());
  return notes.filter(({ kind }) => kind === 'key_states' || kind === 'proxy_states').length;
};

describe('what one instance finds out', () => {
  it('a dead key is out at the other too, and back with the first that finds it well', async () => {
    const [here, there] = await twoInstances();
    const id = idOf(here, 'a');
    here.pool('default').probed(id, OUT, here.clock.now);
    await here.context.flushKeyStates();
    expect(await there.catchUp()).toEqual([]);
    const ofThere = there.pool('default');
    expect(ofThere.key(id)).toMatchObject({ disabled: { by: 'auto', reason: 'revoked' }, epoch: 0 });
    expect(ofThere.candidates).toBe(1);

    expect(ofThere.probed(id, { isAlive: true }, there.clock.now)).toBe('recovered');
    await there.context.flushKeyStates();
    await here.catchUp();
    expect(here.pool('default').key(id)).toMatchObject({ disabled: undefined, failures: 0 });
    expect(here.pool('default').candidates).toBe(2);
    expect((await here.store.keys.load([id]))[0]).toMatchObject({ isDisabled: false, failures: 0 });
  });

  it('is not written back by the one that takes it over, whatever that goes on to count', async () => {
    const [here, there] = await twoInstances();
    const id = idOf(here, 'a');
    here.pool('default').probed(id, OUT, here.clock.now);
    await here.context.flushKeyStates();
    await there.catchUp();
    const ofThere = there.pool('default').key(id);
    if (ofThere === undefined) throw new Error('the key is missing');
    ofThere.requestCount += 3;
    await there.context.flushKeyStates();
    for (const instance of [here, there, here, there]) {
      await instance.catchUp();
      await instance.context.flushKeyStates();
    }
    expect(await stateNotes(here)).toBe(1);
    expect((await here.store.keys.load([id]))[0]).toMatchObject({ disabledBy: 'auto', reason: 'revoked' });
  });

  it('one that knows no better does not bring a dead key back by writing what else it knows', async () => {
    const [here, there] = await twoInstances();
    const id = idOf(here, 'a');
    const ofThere = there.pool('default').key(id);
    if (ofThere === undefined) throw new Error('the key is missing');
    here.pool('default').probed(id, OUT, here.clock.now);
    await here.context.flushKeyStates();
    // A failure of before is cleared.
    ofThere.failures = 1;
    expect(there.pool('default').probed(id, { isAlive: true }, there.clock.now)).toBe('cleared');
    await there.context.flushKeyStates();
    expect((await here.store.keys.load([id]))[0]).toMatchObject({ disabledBy: 'auto' });
    await there.catchUp();
    expect(ofThere.disabled).toMatchObject({ by: 'auto' });
  });

  it('what was found here and is not written yet is newer: all end with what was written last', async () => {
    const [here, there] = await twoInstances();
    const id = idOf(here, 'a');
    here.pool('default').probed(id, OUT, here.clock.now);
    await here.context.flushKeyStates();
    await there.catchUp();
    here.pool('default').probed(id, { isAlive: true }, here.clock.now);
    await here.context.flushKeyStates();
    there.pool('default').probed(id, { ...OUT, reason: 'expired' }, there.clock.now);
    await there.catchUp();
    expect(there.pool('default').key(id)?.disabled).toMatchObject({ reason: 'expired' });
    await there.context.flushKeyStates();
    await here.catchUp();
    expect(here.pool('default').key(id)?.disabled).toMatchObject({ by: 'auto', reason: 'expired' });
  });

  it('a person’s word is not undone by it', async () => {
    const [here, there] = await twoInstances();
    const id = idOf(here, 'a');
    here.pool('default').probed(id, OUT, here.clock.now);
    await bulk(there.context, { action: 'disable', ids: [id] });
    await here.context.flushKeyStates();
    await there.catchUp();
    expect(there.pool('default').key(id)?.disabled).toMatchObject({ by: 'manual' });
    expect(await stateNotes(here)).toBe(0);
  });

  it('long rests are kept at all, the later end of each; short ones are told nobody', async () => {
    const [here, there] = await twoInstances();
    const [id, other] = [idOf(here, 'a'), idOf(here, 'b')];
    const restAt = async (instance: Instance, keyId: string, ms: number, model = '') => {
      const pool = instance.pool('default');
      const key = pool.key(keyId);
      if (key === undefined) throw new Error('the key is missing');
      const until = NOW + ms;
      if (model === '') key.cooldown.until = until;
      else key.modelCooldowns = new Map([[model, { until, inARow: 1, probe: undefined }]]);
      instance.noteKey(key, 'rested');
      await instance.context.flushKeyStates();
    };
    await restAt(here, other, 3_000);
    expect(await stateNotes(here)).toBe(0);
    await restAt(here, id, 60_000);
    await restAt(there, id, 2_000, 'gpt');
    expect((await here.store.keys.load([id]))[0]).toMatchObject({
      cooldownUntil: NOW + 60_000,
      modelCooldowns: { gpt: NOW + 2_000 },
    });
    await restAt(there, id, 9_000, 'gpt');
    await Promise.all([here, there].map(({ catchUp }) => catchUp()));
    for (const { pool } of [here, there]) {
      const key = pool('default').key(id);
      expect(key?.cooldown.until).toBe(NOW + 60_000);
      expect(key?.modelCooldowns?.get('gpt')?.until).toBe(NOW + 9_000);
    }
    // Told again, it is no news.
    await restAt(here, id, 60_500);
    expect(await stateNotes(here)).toBe(2);
  });

  it('rests that are taken back are over at the other too', async () => {
    const [here, there] = await twoInstances();
    const id = idOf(here, 'a');
    const [ours, theirs] = [here, there].map(({ pool }) => pool('default').key(id));
    if (ours === undefined || theirs === undefined) throw new Error('the key is missing');
    ours.cooldown.until = NOW + 60_000;
    here.noteKey(ours, 'penalised');
    await here.context.flushKeyStates();
    await there.catchUp();
    expect(theirs.cooldown.until).toBe(NOW + 60_000);
    ours.cooldown.until = 0;
    here.noteKey(ours, 'forgiven');
    await here.context.flushKeyStates();
    await there.catchUp();
    expect(theirs.cooldown.until).toBe(0);
  });

  it('a proxy that checks find dead is out at the other too, and back with the first that finds it well', async () => {
    const [here, there] = await twoInstances();
    const { added } = await createProxies(here.context, {
      text: 'http://one.example:1',
      isShared: true,
      note: '',
    });
    const id = added[0]?.id ?? '';
    await there.catchUp();
    const check = (error: string | undefined) => ({ at: NOW, latencyMs: 5, status: 200, error });
    expect(here.context.egresses.checked(id, check('refused'), 1)).toBe('disabled');
    await here.flushEgresses();
    await there.catchUp();
    const theirs = there.context.egresses.get(id);
    expect(theirs).toMatchObject({ disabled: { by: 'auto', reason: 'refused' }, failures: 1 });
    there.context.egresses.checked(id, check(undefined), 1);
    await there.flushEgresses();
    await here.catchUp();
    expect(here.context.egresses.get(id)).toMatchObject({ disabled: undefined, failures: 0 });
    await here.flushEgresses();
    await there.catchUp();
    expect(await stateNotes(here)).toBe(2);
  });

  it('is found in the store by one that could not read for so long that notes are gone', async () => {
    const [here, there] = await twoInstances();
    const id = idOf(here, 'a');
    here.pool('default').probed(id, OUT, here.clock.now);
    await here.context.flushKeyStates();
    await there.store.changeNotes.unseen(there.seen);
    await there.catchUp();
    expect(there.pool('default').key(id)?.disabled).toBeUndefined();
    there.steady.now += 61_000;
    await there.catchUp();
    expect(there.pool('default').key(id)?.disabled).toMatchObject({ by: 'auto' });
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
