import { beforeEach, expect, it } from 'vitest';
import { GuessWriter } from '../../../../lib/store/write-behind/guess-writer';
import { createTestClock, type TestClock } from '../test-clock';

let clock: TestClock;
let isDown: boolean;
let saved: string[][];
let errors: unknown[];
let over: Set<string>;
let writer: GuessWriter;

beforeEach(() => {
  [clock, isDown, saved, errors, over] = [createTestClock(), false, [], [], new Set()];
  writer = new GuessWriter({
    clock,
    store: {
      save(counts) {
        if (isDown) return Promise.reject(new Error('database is away'));
        saved.push(counts.map(({ address }) => address));
        return Promise.resolve();
      },
    },
    countOf: (address) =>
      over.has(address)
        ? undefined
        : { address, agesMs: [0], blockedForMs: null, blocks: 0, countsForMs: 60_000 },
    onError: (error) => errors.push(error),
  });
});

it('writes the first at once, and what comes soon after it together', async () => {
  writer.note('a');
  await clock.advance(0);
  expect(saved).toEqual([['a']]);
  for (const address of ['a', 'b', 'a']) writer.note(address);
  await clock.advance(99);
  expect(saved).toHaveLength(1);
  await clock.advance(1);
  expect(saved).toEqual([['a'], ['a', 'b']]);
});

it('writes nothing while nobody guesses, and nothing of what counts no more', async () => {
  writer.note('a');
  over.add('a');
  await clock.advance(60_000);
  expect(saved.flat()).toEqual([]);
  expect(clock.pending).toEqual([]);
});

it('what the database does not take is written when it does, and told of once', async () => {
  isDown = true;
  writer.note('a');
  await clock.advance(5_000);
  writer.note('b');
  await clock.advance(5_000);
  expect([saved, errors.length]).toEqual([[], 1]);
  isDown = false;
  await clock.advance(2_000);
  expect(saved).toEqual([['a', 'b']]);
  isDown = true;
  writer.note('c');
  await clock.advance(1_000);
  expect(errors).toHaveLength(2);
});

it('keeps a thousand addresses waiting at most, and writes them a few at a time', async () => {
  isDown = true;
  for (let i = 0; i < 5_000; i += 1) writer.note(`host ${i}`);
  await clock.advance(0);
  isDown = false;
  await clock.advance(10_000);
  const written = saved.flat();
  expect(new Set(written).size).toBe(written.length);
  expect(written).toHaveLength(1_000);
  expect(written).toContain('host 4999');
  expect(Math.max(...saved.map((batch) => batch.length))).toBe(200);
});

it('writes all that waits at the end, and ends where the database is away', async () => {
  for (let i = 0; i < 500; i += 1) writer.note(`host ${i}`);
  await writer.close();
  expect(saved.flat()).toHaveLength(500);
  isDown = true;
  writer.note('late');
  await writer.close();
  expect(errors).toHaveLength(1);
  expect(clock.pending).toEqual([]);
});
