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
  const timers: (() => void)[] = [];
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
      setTimer(fn) {
        timers.push(fn);
        return { cancel: () => undefined };
      },
    },
    ...(objectsMax !== undefined && { objectsMax }),
  });
  return { owners, rows, asked, errors, timers, state };
}

describe('who owns what', () => {
  it('is known at once, and written a moment later', async () => {
    const { owners, rows, timers } = setUp();
    owners.remember(['x', 'y'], A);
    expect(owners.ownerOf('x')).toEqual(A);
    expect(timers).toHaveLength(1);
    expect(rows.size).toBe(0);
    await owners.close();
    expect(rows.get('y')).toEqual({ objectId: 'y', ...A });
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

  it('is kept and written again when the database is out', async () => {
    const { owners, rows, errors, state } = setUp();
    state.isDown = true;
    owners.remember(['x'], A);
    await owners.close();
    expect(errors).toHaveLength(1);
    await owners.find(['y']);
    expect(errors).toHaveLength(2);
    state.isDown = false;
    owners.remember(['x'], B);
    await owners.close();
    expect(rows.get('x')?.keyId).toBe('b');
  });

  it('is written again once in an hour while it is used', async () => {
    const { owners, timers, state } = setUp();
    owners.remember(['x'], A);
    await owners.close();
    const writes = timers.length;
    owners.remember(['x'], A);
    await owners.close();
    expect(timers).toHaveLength(writes);
    state.now += 3_600_001;
    owners.remember(['x'], A);
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
