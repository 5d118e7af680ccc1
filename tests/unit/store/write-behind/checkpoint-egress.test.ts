import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { newEgressState, type EgressState } from '../../../../lib/balancer/egress/state';
import { EgressWriter } from '../../../../lib/store/write-behind/checkpoint-egress';
import type { EgressStateChange } from '../../../../lib/store/rows';

let saved: { id: string; failures: number | undefined }[][];
let changes: EgressStateChange[];
let errors: unknown[];
/** What the database does with the next writes; afterwards it takes them. */
let obstacles: (() => Promise<void>)[];
let writer: EgressWriter;

beforeEach(() => {
  vi.useFakeTimers();
  saved = [];
  changes = [];
  errors = [];
  obstacles = [];
  const proxies = {
    async saveStates(states: readonly EgressStateChange[]) {
      await obstacles.shift()?.();
      changes.push(...states);
      saved.push(states.map(({ id, check }) => ({ id, failures: check?.failures })));
    },
  };
  writer = new EgressWriter(proxies, { wallOf: (at) => at }, (error) => void errors.push(error));
});

afterEach(async () => {
  await writer.close();
  vi.useRealTimers();
});

const proxy = (egressId: string): EgressState =>
  newEgressState({ egressId, url: `http://${egressId}`, hint: egressId }, undefined, () => undefined);

describe('the state of a proxy', () => {
  it('is written within a second, once for many changes', async () => {
    const state = proxy('a');
    writer.note(state, 'checked');
    state.failures = 2;
    writer.note(state, 'checked');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(saved).toEqual([[{ id: 'a', failures: 2 }]]);
  });

  it('is written again after a failed write, as it is then', async () => {
    obstacles.push(() => Promise.reject(new Error('locked')));
    const state = proxy('a');
    writer.note(state, 'checked');
    await vi.advanceTimersByTimeAsync(1_000);
    state.failures = 3;
    await vi.advanceTimersByTimeAsync(1_000);
    expect([errors.length, saved]).toEqual([1, [[{ id: 'a', failures: 3 }]]]);
  });
});

describe('what is not this process’s to say is not written', () => {
  it('nothing at all when only traffic went through', async () => {
    writer.note(proxy('a'), 'used');
    await vi.advanceTimersByTimeAsync(5_000);
    await writer.close();
    expect(changes).toEqual([]);
  });

  it('a check says nothing of a proxy that a person has disabled', async () => {
    const state = proxy('a');
    state.disabled = { by: 'manual', reason: 'mine' };
    writer.note(state, 'checked');
    await writer.close();
    expect(changes[0]).not.toHaveProperty('disabled');
  });

  it('a person’s word is left to whoever takes it: with the check that it ended, and its number', async () => {
    const state = proxy('a');
    state.disabled = { by: 'manual', reason: 'mine' };
    state.epoch = 2;
    writer.note(state, 'switched');
    await writer.close();
    expect(changes).toMatchObject([{ id: 'a', epoch: 2, check: { failures: 0 } }]);
    expect(changes[0]).not.toHaveProperty('disabled');
  });

  it('what was learnt from another instance is not, nor what was noted before it', async () => {
    const state = proxy('a');
    writer.note(state, 'checked');
    writer.note(state, 'learnt');
    await writer.close();
    expect(changes).toEqual([]);
  });
});

describe('closing', () => {
  it('writes what is noted', async () => {
    writer.note(proxy('a'), 'checked');
    await writer.close();
    expect(saved).toEqual([[{ id: 'a', failures: 0 }]]);
  });

  it('waits for a write on its way, and for what was noted meanwhile', async () => {
    let letGo = (): void => undefined;
    obstacles.push(() => new Promise((resolve) => (letGo = resolve)));
    writer.note(proxy('a'), 'checked');
    await vi.advanceTimersByTimeAsync(1_000);
    writer.note(proxy('b'), 'checked');
    const closed = writer.close();
    await vi.advanceTimersByTimeAsync(0);
    letGo();
    await closed;
    expect(saved).toEqual([[{ id: 'a', failures: 0 }], [{ id: 'b', failures: 0 }]]);
  });

  it('tries once more what could not be written, and no more after that', async () => {
    obstacles.push(
      () => Promise.reject(new Error('locked')),
      () => Promise.reject(new Error('locked')),
    );
    writer.note(proxy('a'), 'checked');
    await vi.advanceTimersByTimeAsync(1_000);
    await writer.close();
    await vi.advanceTimersByTimeAsync(5_000);
    expect([errors.length, saved]).toEqual([2, []]);
  });
});
