import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { KnownOwners } from '../../../lib/ownership/known-owners';
import type { ObjectOwnerRow } from '../../../lib/store/object-owners';

const A = { provider: 'openai', keyId: 'a' };
const B = { provider: 'openai', keyId: 'b' };
/** Of one that is at a single provider. */
const ownerOf = (owners: KnownOwners, id: string) => owners.ownersOf(id)[0];

/** A database in memory, and a timer that fires when the test says so. */
function setUp(objectsMax?: number) {
  const rows = new Map<string, ObjectOwnerRow>();
  const asked: string[][] = [];
  const errors: unknown[] = [];
  const timers: { readonly fire: () => void; readonly inMs: number }[] = [];
  const saves: string[][] = [];
  const state = { now: 1_000_000, isDown: false };
  const fail = () => (state.isDown ? Promise.reject(new Error('down')) : undefined);
  const owners = new KnownOwners({
    store: {
      async find(ids) {
        await fail();
        asked.push([...ids]);
        return ids.flatMap((id) => rows.get(id) ?? []);
      },
      async save(saved) {
        saves.push(saved.map(({ objectId }) => objectId));
        await fail();
        for (const { objectId, provider, keyId, isSupposed } of saved) {
          const isKept = isSupposed && rows.has(objectId);
          if (!isKept) rows.set(objectId, { objectId, provider, keyId, isSupposed });
        }
      },
      async delete(ids) {
        await fail();
        for (const { objectId } of ids) rows.delete(objectId);
      },
    },
    formerKeys: {
      async accountOf(keyId) {
        await fail();
        return keyId === 'gone' ? 'acme' : undefined;
      },
    },
    now: () => state.now,
    onError: (error) => errors.push(error),
    clock: {
      now: () => state.now,
      setTimer(fire, inMs) {
        timers.push({ fire, inMs });
        return { cancel: () => undefined };
      },
    },
    ...(objectsMax !== undefined && { objectsMax }),
  });
  return { owners, rows, asked, errors, timers, saves, state };
}

it('what another instance has just learnt is looked for twice, and once where there is no other', async () => {
  for (const hasOthers of [false, true]) {
    const { owners, rows, asked } = setUp();
    owners.hasOthers = () => hasOthers;
    rows.set('old', { objectId: 'old', ...A, isSupposed: false });
    const finding = owners.find(['old', 'new']);
    // It gets into the database a moment after it was looked for.
    await nextTurn();
    rows.set('new', { objectId: 'new', ...B, isSupposed: false });
    await finding;
    expect(ownerOf(owners, 'old')?.keyId).toBe('a');
    expect(ownerOf(owners, 'new')?.keyId).toBe(hasOthers ? 'b' : undefined);
    expect(asked).toEqual(hasOthers ? [['old', 'new'], ['new']] : [['old', 'new']]);
  }
});

describe('who owns what', () => {
  it('is known at once, and on its way into the database before the answer is', async () => {
    const { owners, rows, timers, saves } = setUp();
    owners.remember(['x', 'y'], A);
    expect(ownerOf(owners, 'x')).toEqual(A);
    expect(saves).toEqual([['x', 'y']]);
    await nextTurn();
    expect(rows.get('y')).toEqual({ objectId: 'y', ...A, isSupposed: false });
    expect(timers).toEqual([]);
  });

  it('is written at once while few come one after the other, and together when they are many', async () => {
    const { owners, timers, saves, state } = setUp();
    const few = Array.from({ length: 8 }, (_, index) => `few${index}`);
    for (const id of few) {
      owners.remember([id], A);
      await nextTurn();
    }
    expect(saves).toEqual(few.map((id) => [id]));
    owners.remember(['x'], A);
    owners.remember(['y'], A);
    owners.forget('few0', 'openai');
    expect(timers.map(({ inMs }) => inMs)).toEqual([50]);
    state.now += 50;
    timers[0]?.fire();
    await nextTurn();
    expect(saves.slice(8)).toEqual([['x', 'y']]);
    state.now += 40;
    owners.remember(['z'], A);
    expect(timers.at(-1)?.inMs).toBe(10);
    state.now += 60;
    owners.remember(['later'], A);
    expect(saves.at(-1)).toEqual(['z', 'later']);
  });

  it('is not written again at once when the database is out, however much is noted', async () => {
    const { owners, timers, saves, errors, state } = setUp();
    state.isDown = true;
    owners.remember(['x'], A);
    await nextTurn();
    state.now += 100;
    for (const id of ['y', 'z']) owners.remember([id], A);
    expect([saves.length, errors.length]).toEqual([1, 1]);
    expect(timers.map(({ inMs }) => inMs)).toEqual([250]);
    state.isDown = false;
    state.now += 150;
    timers[0]?.fire();
    await nextTurn();
    expect(saves.at(-1)).toEqual(['x', 'y', 'z']);
  });

  it('comes from the database when memory has let it go', async () => {
    const { owners, asked } = setUp(2);
    owners.remember(['x'], A);
    await owners.close();
    owners.remember(['y', 'z'], B);
    expect(ownerOf(owners, 'x')).toBeUndefined();
    await owners.find(['x']);
    expect(ownerOf(owners, 'x')).toEqual(A);
    expect(asked).toEqual([['x']]);
  });

  it('is not asked for again so soon where the database does not know it', async () => {
    const { owners, asked, state, rows } = setUp();
    await owners.find(['x']);
    expect(owners.find(['x'])).toBeUndefined();
    state.now += 10_001;
    rows.set('x', { objectId: 'x', ...B, isSupposed: false });
    await owners.find(['x']);
    expect(ownerOf(owners, 'x')).toEqual(B);
    expect(asked).toHaveLength(2);
  });

  it('is forgotten, in the database too, when it is deleted', async () => {
    const { owners, rows } = setUp();
    owners.remember(['x'], A);
    await owners.close();
    owners.forget('x', 'openai');
    expect(ownerOf(owners, 'x')).toBeUndefined();
    expect(owners.find(['x'])).toBeUndefined();
    await owners.close();
    expect(rows.size).toBe(0);
  });

  it('is told to other instances, and taken over from them without being written or told again', async () => {
    const [one, other] = [setUp(), setUp()];
    await other.owners.find(['x']);
    other.owners.onNoted = () => expect.fail('told again');
    one.owners.onNoted = (...noted) => other.owners.learn(...noted);
    one.owners.remember(['x'], A);
    expect(ownerOf(other.owners, 'x')).toMatchObject(A);
    one.owners.forget('x', 'openai');
    expect(ownerOf(other.owners, 'x')).toBeUndefined();
    expect([...other.rows, ...other.saves]).toEqual([]);
  });

  it('is kept and written again when the database is out', async () => {
    const { owners, rows, errors, state } = setUp();
    state.isDown = true;
    owners.remember(['x'], A);
    await nextTurn();
    expect(errors).toHaveLength(1);
    await owners.close();
    expect(errors).toHaveLength(2);
    await owners.find(['y']);
    expect(errors).toHaveLength(3);
    state.isDown = false;
    owners.remember(['x'], B);
    await owners.close();
    expect(rows.get('x')?.keyId).toBe('b');
  });

  it('is written again once in an hour while it is used', async () => {
    const { owners, saves, state } = setUp();
    owners.remember(['x'], A);
    await nextTurn();
    state.now += 1_000;
    owners.remember(['x'], A);
    expect(saves).toHaveLength(1);
    state.now += 3_600_001;
    owners.remember(['x'], A);
    expect(saves).toEqual([['x'], ['x']]);
  });

  it('takes memory for so many objects and no more', async () => {
    const { owners } = setUp(3);
    owners.remember(['a1', 'a2', 'a3'], A);
    expect(ownerOf(owners, 'a1')).toEqual(A);
    await owners.close();
    owners.remember(['a4'], A);
    await owners.close();
    expect(['a1', 'a2', 'a3', 'a4'].filter((id) => ownerOf(owners, id) !== undefined)).toHaveLength(3);
  });

  it('is not changed by a word, neither in memory nor in the database, and a word counts where nothing is known', async () => {
    const { owners, rows } = setUp();
    owners.remember(['x'], A);
    owners.suppose(['x', 'y'], B);
    owners.suppose(['y'], A);
    expect(owners.ownersOf('x')).toEqual([A]);
    expect(ownerOf(owners, 'y')).toEqual({ ...B, isSupposed: true });
    await owners.close();
    expect(rows.get('x')).toMatchObject({ ...A, isSupposed: false });
    owners.remember(['y'], A);
    expect(owners.ownersOf('y')).toEqual([A]);
    await owners.close();
    expect(rows.get('y')).toMatchObject({ ...A, isSupposed: false });
  });

  it('is asked of the database before a word counts, and what it knows counts more', async () => {
    const { owners, rows, saves } = setUp();
    rows.set('x', { objectId: 'x', ...A, isSupposed: false });
    owners.suppose(['x'], B);
    await owners.find(['x']);
    expect(owners.ownersOf('x')).toEqual([A]);
    expect(owners.find(['x'])).toBeUndefined();
    expect(saves).toEqual([['x']]);
  });

  it('is noted again as a word while only that is used', async () => {
    const { owners, rows, state, saves } = setUp();
    owners.suppose(['x'], A);
    await nextTurn();
    state.now += 3_600_001;
    owners.used('x', { ...A, isSupposed: true });
    owners.used('x', { ...A, isSupposed: true });
    await owners.close();
    expect(saves).toEqual([['x'], ['x']]);
    expect(rows.get('x')?.isSupposed).toBe(true);
  });

  it('is not crowded out by words, of which an answer has a thousand at most', async () => {
    const { owners } = setUp(2_000);
    const known = Array.from({ length: 1_500 }, (_, index) => `known${index}`);
    owners.remember(known, A);
    for (let answer = 0; answer < 5; answer++) {
      owners.suppose(
        Array.from({ length: 3_000 }, (_, index) => `word${answer}.${index}`),
        B,
      );
    }
    expect(known.every((id) => ownerOf(owners, id)?.keyId === 'a')).toBe(true);
    expect(ownerOf(owners, 'word4.999')).toBeDefined();
    expect(ownerOf(owners, 'word4.1000')).toBeUndefined();
    expect(ownerOf(owners, 'word0.0')).toBeUndefined();
  });

  it('is written before all words while the database is out', async () => {
    const { owners, rows, state } = setUp(10);
    state.isDown = true;
    owners.remember(['x'], A);
    owners.suppose(
      Array.from({ length: 100 }, (_, index) => `word${index}`),
      B,
    );
    await nextTurn();
    state.isDown = false;
    await owners.close();
    expect(rows.get('x')).toMatchObject(A);
  });

  it('is known by its account when the key is gone, as far as the database tells', async () => {
    const { owners, state, errors } = setUp();
    expect(await owners.accountOf('gone')).toBe('acme');
    expect(await owners.accountOf('other')).toBeUndefined();
    state.isDown = true;
    expect(await owners.accountOf('gone')).toBeUndefined();
    expect(errors).toHaveLength(1);
  });

  it('is another one at each provider that has an object of that id', async () => {
    const { owners } = setUp();
    const other = { provider: 'other', keyId: 'c' };
    owners.remember(['x'], A);
    owners.remember(['x'], other);
    expect(new Set(owners.ownersOf('x'))).toEqual(new Set([A, other]));
    owners.remember(['x'], B);
    expect(new Set(owners.ownersOf('x'))).toEqual(new Set([B, other]));
    owners.forget('x', 'openai');
    expect(owners.ownersOf('x')).toEqual([other]);
    owners.suppose(['x'], A);
    expect(owners.ownersOf('x')).toEqual([other, { ...A, isSupposed: true }]);
  });
});
