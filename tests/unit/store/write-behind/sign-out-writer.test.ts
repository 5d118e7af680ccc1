import { beforeEach, expect, it } from 'vitest';
import { SignOutWriter } from '../../../../lib/store/write-behind/sign-out-writer';

let isDown: boolean;
let written: string[];
let errors: unknown[];
let waits: { readonly ms: number; readonly call: () => void }[];
let writer: SignOutWriter;

beforeEach(() => {
  [isDown, written, errors, waits] = [false, [], [], []];
  writer = new SignOutWriter({
    write: ({ id }) => {
      if (isDown) return Promise.reject(new Error('database is locked'));
      written.push(id);
      return Promise.resolve();
    },
    onError: (error) => errors.push(error),
    clock: {
      now: () => 0,
      setTimer(call, ms) {
        const wait = { ms, call };
        waits.push(wait);
        return { cancel: () => void (waits = waits.filter((other) => other !== wait)) };
      },
    },
  });
});

/** The next try, and what it leads to. */
async function tryAgain(): Promise<void> {
  waits.shift()?.call();
  await writer.flush();
}

it('writes at once', async () => {
  await writer.save({ id: 'mine', endsAt: 1 });
  expect(written).toEqual(['mine']);
  expect(waits).toEqual([]);
});

it('a sign-out that the database does not take is tried again until it does, and told of once', async () => {
  isDown = true;
  await writer.save({ id: 'mine', endsAt: 1 });
  await tryAgain();
  await tryAgain();
  expect([written, errors.length]).toEqual([[], 1]);
  isDown = false;
  await tryAgain();
  await writer.save({ id: 'theirs', endsAt: 1 });
  expect(written).toEqual(['mine', 'theirs']);
  expect(waits.length).toBeLessThanOrEqual(1);
});

it('waits for one try only, however many sign out while the database is away', async () => {
  isDown = true;
  for (const id of ['one', 'two', 'three']) await writer.save({ id, endsAt: 1 });
  expect(waits).toHaveLength(1);
  isDown = false;
  await tryAgain();
  expect([written, waits]).toEqual([['one', 'two', 'three'], []]);
});

it('tries a last time at the end, and not after it', async () => {
  isDown = true;
  await writer.save({ id: 'mine', endsAt: 1 });
  isDown = false;
  await writer.close();
  expect(written).toEqual(['mine']);
  isDown = true;
  waits = [];
  await writer.save({ id: 'late', endsAt: 1 });
  expect(waits).toEqual([]);
});
