import { describe, expect, it, vi } from 'vitest';
import type { Pool } from '../../../lib/balancer/pool/pool';
import { OutsideChanges, type ChangeTarget } from '../../../lib/inventory/outside-changes';
import type { SaidOfKey } from '../../../lib/store/keys/key-row';
import type { ChangeNote } from '../../../lib/store/change-notes';

const enabled = (id: string): SaidOfKey => ({
  id,
  epoch: 3,
  isDisabled: false,
  disabledBy: null,
  reason: null,
});

const guessesOf = (address: string) => ({ address, agesMs: [1], blockedForMs: null, blocks: 0 });

function setup() {
  const left: ChangeNote[] = [];
  const order: string[] = [];
  const unseen = vi.fn((_seen: Set<string>) => Promise.resolve(left.splice(0)));
  const pool = { learn: vi.fn(), keys: [], key: () => undefined };
  const stored: SaidOfKey[] = [];
  const reloadAll = vi.fn(() => Promise.resolve(void order.push('inventory')));
  const applied: (readonly ChangeNote[])[] = [];
  const errors: unknown[] = [];
  const refresh = vi.fn(() => Promise.resolve(void order.push('settings')));
  const learnSignedOut = vi.fn();
  const learnt: string[] = [];
  const target: ChangeTarget = {
    auth: { learnSignedOut },
    signedOutSessions: { list: () => Promise.resolve([{ id: 'missed', endsAt: 9 }]) },
    limiter: { learn: (counts) => void learnt.push(...counts.map(({ address }) => address)) },
    guessCounts: {
      list: () => Promise.resolve(['a', 'b', 'c'].map(guessesOf)),
      find: (addresses) => Promise.resolve(addresses.map(guessesOf)),
    },
    madeToken: { refresh: () => Promise.resolve(void order.push('made token')) },
    settings: { refresh },
    configuration: {
      settled: () => Promise.resolve(),
      takeOver: () => Promise.resolve(void order.push('settings and inventory at once')),
      change: ((work: (editor: unknown) => Promise<unknown>) => work({ reloadAll })) as never,
    },
    pools: new Map([['p', pool as unknown as Pool]]),
    keys: {
      saidOf: (ids) => Promise.resolve(stored.filter(({ id }) => ids.includes(id))),
      foundOf: () => Promise.resolve([]),
    },
    egresses: { states: [], adopt: () => false },
    proxies: { found: () => Promise.resolve([]) },
    time: { now: () => 0, steadyOf: (at) => at },
    onUnreadable: () => undefined,
    onApplied: (notes) => void applied.push(notes),
    onError: (error) => void errors.push(error),
  };
  const notes = {
    unseen,
    keepOwnIn: () => undefined,
    onOwnLeft: () => undefined,
  };
  const clock = { now: 0 };
  const changes = new OutsideChanges(notes, () => clock.now);
  return {
    changes,
    target,
    clock,
    learnSignedOut,
    learnt,
    left,
    pool,
    stored,
    refresh,
    reloadAll,
    unseen,
    order,
    applied,
    errors,
  };
}

it('a sign-out elsewhere is learnt, and nothing else looked at anew', async () => {
  const { changes, target, learnSignedOut, left, applied, order } = setup();
  const session = { id: 'theirs', endsAt: 5 };
  left.push({ kind: 'sign_out', session });
  await changes.check(target);
  expect(learnSignedOut).toHaveBeenCalledWith([session]);
  expect(applied).toEqual([]);
  expect(order).toEqual([]);
});

it('sign-outs are read anew after a time in which notes may have gone unread', async () => {
  const { changes, target, learnSignedOut, clock } = setup();
  await changes.begin();
  clock.now += 1_800_001;
  await changes.check(target);
  expect(learnSignedOut).toHaveBeenCalledWith([{ id: 'missed', endsAt: 9 }]);
  learnSignedOut.mockClear();
  await changes.check(target);
  expect(learnSignedOut).not.toHaveBeenCalled();
});

it('wrong tokens that others have counted are learnt by their address, and all of them after a time without a look', async () => {
  const { changes, target, left, learnt, applied, order, clock } = setup();
  await changes.begin();
  left.push({ kind: 'guesses', addresses: ['b', 'c'] }, { kind: 'guesses', addresses: ['b'] });
  await changes.check(target);
  expect(learnt.splice(0)).toEqual(['b', 'c']);
  clock.now += 61_000;
  await changes.check(target);
  expect(learnt).toEqual(['a', 'b', 'c']);
  expect(applied).toEqual([]);
  expect(order).toEqual([]);
});

describe('changes made past this process', () => {
  it('are put in force: settings and what there is together, then the state of keys', async () => {
    const { changes, target, left, pool, stored, order, applied } = setup();
    pool.learn.mockImplementation(() => void order.push('learn'));
    stored.push(enabled('a'), enabled('b'));
    left.push(
      { kind: 'keys', action: 'reset', keyIds: ['a', 'b'] },
      { kind: 'inventory' },
      { kind: 'settings' },
      { kind: 'inventory' },
    );
    await changes.check(target);
    expect(order).toEqual(['made token', 'settings and inventory at once', 'learn', 'learn']);
    const word = { epoch: 3, disabled: undefined };
    expect(pool.learn.mock.calls).toEqual([
      ['a', word, true],
      ['b', word, true],
    ]);
    expect(applied).toHaveLength(1);
  });

  it('are none when none was noted', async () => {
    const { changes, target, refresh, reloadAll, applied } = setup();
    await changes.check(target);
    expect([refresh, reloadAll].map((mock) => mock.mock.calls.length)).toEqual([0, 0]);
    expect(applied).toEqual([]);
  });

  it('make of keys what stands in the store, in whatever order the notes come', async () => {
    const { changes, target, left, pool, stored } = setup();
    stored.push(enabled('a'), { ...enabled('b'), isDisabled: true, disabledBy: 'manual', reason: 'mine' });
    left.push(
      { kind: 'keys', action: 'disable', keyIds: ['a'] },
      { kind: 'keys', action: 'reset', keyIds: ['b'] },
      { kind: 'keys', action: 'enable', keyIds: ['a', 'gone'] },
    );
    await changes.check(target);
    expect(pool.learn.mock.calls).toEqual([
      ['a', { epoch: 3, disabled: undefined }, false],
      ['b', { epoch: 3, disabled: { by: 'manual', reason: 'mine' } }, true],
    ]);
  });

  it('that fail are tried again, and an outage is told of once', async () => {
    const { changes, target, left, unseen, reloadAll, applied, errors } = setup();
    left.push({ kind: 'inventory' });
    reloadAll.mockRejectedValueOnce(new Error('away'));
    await changes.check(target);
    unseen.mockRejectedValueOnce(new Error('away'));
    await changes.check(target);
    expect(applied).toEqual([]);
    expect(errors).toHaveLength(1);
    await changes.check(target);
    expect(applied).toEqual([[{ kind: 'inventory' }]]);
  });

  it('are read anew as a whole after a time in which notes may have gone unread', async () => {
    const { changes, target, clock, order } = setup();
    await changes.begin();
    clock.now += 1_700_000;
    await changes.check(target);
    expect(order).toEqual([]);
    clock.now += 1_900_000;
    await changes.check(target);
    expect(order).toEqual(['made token', 'settings and inventory at once']);
    await changes.check(target);
    expect(order).toHaveLength(2);
  });

  it('are put in force a while after somebody has begun them, if nothing is heard of their end', async () => {
    const { changes, target, left, clock, order, applied } = setup();
    const waitAndCheck = async (ms: number) => {
      clock.now += ms;
      await changes.check(target);
      return order.splice(0);
    };
    left.push({ kind: 'unfinished' });
    expect(await waitAndCheck(0)).toEqual([]);
    left.push({ kind: 'inventory' });
    expect(await waitAndCheck(29_999)).toEqual(['inventory']);
    expect(await waitAndCheck(1)).toEqual(['made token', 'settings and inventory at once']);
    expect(applied).toHaveLength(2);
    expect(await waitAndCheck(60_000)).toEqual([]);
    left.push({ kind: 'unfinished' }, { kind: 'settings' }, { kind: 'inventory' });
    expect(await waitAndCheck(0)).toEqual(['made token', 'settings and inventory at once']);
    expect(await waitAndCheck(60_000)).toEqual([]);
  });

  it('are looked at by one check at a time', async () => {
    const { changes, target, left, reloadAll } = setup();
    left.push({ kind: 'inventory' });
    await Promise.all([changes.check(target), changes.check(target)]);
    expect(reloadAll).toHaveBeenCalledTimes(1);
  });
});

it('says when all that was noted before the question is in force, also if it is asked during a look', async () => {
  const { changes, target, left, applied } = setup();
  const stop = changes.follow(target);
  left.push({ kind: 'inventory' });
  const first = changes.takenOver();
  left.push({ kind: 'inventory' });
  const second = changes.takenOver();
  await first;
  await second;
  expect(applied.flat()).toHaveLength(2);
  const never = changes.takenOver();
  stop();
  await never;
  await changes.takenOver();
});
