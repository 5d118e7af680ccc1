import { beforeEach, expect, it } from 'vitest';
import { WriteRounds, type Due } from '../../../../lib/store/write-behind/write-rounds';
import { createTestClock, type TestClock } from '../test-clock';

let clock: TestClock;
let due: Due<string> | undefined;
let written: string[];
let errors: unknown[];
let write: (scope: string) => Promise<void>;
let rounds: WriteRounds<string>;

beforeEach(() => {
  clock = createTestClock();
  [due, written, errors] = [undefined, [], []];
  write = (scope) => {
    written.push(scope);
    due = undefined;
    return Promise.resolve();
  };
  rounds = new WriteRounds({
    write: (scope) => write(scope),
    due: () => due,
    onError: (error) => errors.push(error),
    clock,
  });
});

function note(inMs: number, scope: string): void {
  due = { inMs, scope };
  rounds.noted();
}

it('sets no timer while nothing waits, and one for many notes', () => {
  rounds.noted();
  expect(clock.pending).toEqual([]);
  for (let n = 0; n < 5; n += 1) note(1_000, 'later');
  expect(clock.pending).toEqual([1_000]);
});

it('what is due sooner comes sooner, and what is due later does not put it off', async () => {
  note(15_000, 'counters');
  note(1_000, 'urgent');
  note(9_000, 'others');
  expect(clock.pending).toEqual([1_000]);
  await clock.advance(1_000);
  expect(written).toEqual(['urgent']);
});

it('what is due already begins with the call where that is asked for, and is put off where it is not', async () => {
  due = { inMs: 0, scope: 'at once' };
  rounds.notedNow();
  expect(written).toEqual(['at once']);
  await clock.advance(0);
  due = { inMs: 500, scope: 'not yet' };
  rounds.notedNow();
  expect([written.length, clock.pending]).toEqual([1, [500]]);
  due = { inMs: 0, scope: 'after closing' };
  rounds.close();
  rounds.notedNow();
  expect(written).toEqual(['at once']);
});

it('writes one round at a time: who asks during one gets a round that begins after it', async () => {
  let finish = (): void => undefined;
  write = (scope) => {
    written.push(scope);
    return new Promise((resolve) => (finish = resolve));
  };
  const first = rounds.next('first');
  const second = rounds.next('second');
  await clock.advance(0);
  expect(written).toEqual(['first']);
  finish();
  await first;
  await clock.advance(0);
  expect(written).toEqual(['first', 'second']);
  finish();
  await second;
});

it('a round that failed is reported, rejects, and comes again when it is due', async () => {
  write = (scope) => {
    written.push(scope);
    due = { inMs: 500, scope: 'again' };
    return Promise.reject(new Error('locked'));
  };
  await expect(rounds.next('first')).rejects.toThrow('locked');
  expect([errors.length, clock.pending]).toEqual([1, [500]]);
  await clock.advance(500);
  expect([written, errors.length]).toEqual([['first', 'again'], 2]);
});

it('after closing no round comes by itself, and one that is asked for does', async () => {
  note(1_000, 'by itself');
  rounds.close();
  note(1_000, 'by itself');
  expect(clock.pending).toEqual([]);
  await rounds.next('last');
  expect(written).toEqual(['last']);
});
