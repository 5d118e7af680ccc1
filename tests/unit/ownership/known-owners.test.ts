import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { KnownOwners } from '../../../lib/ownership/known-owners';
import type { ObjectOwnerRow } from '../../../lib/store/object-owners';

const A = { provider: 'openai', keyId: 'a' };
const B = { provider: 'openai', keyId: 'b' };

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
        for (const { objectId, provider, keyId } of saved) rows.set(objectId, { objectId, provider, keyId });
      },
      async delete(ids) {
        await fail();
        for (const id of ids) rows.delete(id);
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

describe('who owns what', () => {
  it('is known at once, and on its way into the database before the answer is', async () => {
    const { owners, rows, timers, saves } = setUp();
    owners.remember(['x', 'y'], A);
    expect(owners.ownerOf('x')).toEqual(A);
    expect(saves).toEqual([['x', 'y']]);
    await nextTurn();
    expect(rows.get('y')).toEqual({ objectId: 'y', ...A });
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
    owners.forget('few0');
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

  it('comes from the database when memory has let it go, and is not asked for while it is being written', async () => {
    const { owners, asked } = setUp(2);
    owners.remember(['x'], A);
    expect(owners.find(['x'])).toBeUndefined();
    await owners.close();
    owners.remember(['y', 'z'], B);
    expect(owners.ownerOf('x')).toBeUndefined();
    await owners.find(['x']);
    expect(owners.ownerOf('x')).toEqual(A);
    expect(asked).toEqual([['x']]);
  });

  it('is not asked for again so soon where the database does not know it', async () => {
    const { owners, asked, state, rows } = setUp();
    await owners.find(['x']);
    expect(owners.find(['x'])).toBeUndefined();
    state.now += 10_001;
    rows.set('x', { objectId: 'x', ...B });
    await owners.find(['x']);
    expect(owners.ownerOf('x')).toEqual(B);
    expect(asked).toHaveLength(2);
  });

  it('is forgotten, in the database too, when it is deleted', async () => {
    const { owners, rows } = setUp();
    owners.remember(['x'], A);
    await owners.close();
    owners.forget('x');
    expect(owners.ownerOf('x')).toBeUndefined();
    expect(owners.find(['x'])).toBeUndefined();
    await owners.close();
    expect(rows.size).toBe(0);
  });

  it('is told to other instances, and taken over from them without being written or told again', async () => {
    const [one, other] = [setUp(), setUp()];
    await other.owners.find(['x']);
    other.owners.onNoted = () => expect.fail('told again');
    one.owners.onNoted = (id, owner) => other.owners.learn(id, owner);
    one.owners.remember(['x'], A);
    expect(other.owners.ownerOf('x')).toMatchObject(A);
    one.owners.forget('x');
    expect(other.owners.ownerOf('x')).toBeUndefined();
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
    expect(owners.find(['x'])).toBeUndefined();
  });

  it('takes memory for so many objects and no more', async () => {
    const { owners } = setUp(3);
    owners.remember(['a1', 'a2', 'a3'], A);
    expect(owners.ownerOf('a1')).toEqual(A);
    await owners.close();
    owners.remember(['a4'], A);
    await owners.close();
    expect(['a1', 'a2', 'a3', 'a4'].filter((id) => owners.ownerOf(id) !== undefined)).toHaveLength(3);
  });
});
