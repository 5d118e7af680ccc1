import { expect, it } from 'vitest';
import { createSliceSize } from '../../../../lib/store/database/slice-size';
import { createReadSlices, createSlices } from '../../../../lib/store/database/slices';

/** A clock that moves by what slices and rests take. */
function bench(create = createSlices) {
  const log: string[] = [];
  let time = 0;
  const slices = create(true, {
    now: () => time,
    rest: async (ms) => {
      log.push(`rest ${ms}`);
      for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
      log.push('rested');
    },
  });
  const slice = (name: string, ms: number) =>
    slices.run(async () => {
      log.push(`${name} begins`);
      await Promise.resolve();
      time += ms;
      log.push(`${name} ends`);
      return name;
    });
  return { log, slice, slices };
}

it('runs one slice at a time, whoever asks, and rests as long as each took before the next', async () => {
  const { log, slice } = bench();
  expect(await Promise.all([slice('a', 3), slice('b', 5), slice('c', 0)])).toEqual(['a', 'b', 'c']);
  expect(log).toEqual([
    'a begins',
    'a ends',
    'rest 3',
    'rested',
    'b begins',
    'b ends',
    'rest 5',
    'rested',
    'c begins',
    'c ends',
    'rest 1',
  ]);
});

it('goes on after a slice that failed, and takes no long wait for work', async () => {
  const { log, slice, slices } = bench();
  await expect(slices.run(() => Promise.reject(new Error('locked')))).rejects.toThrow('locked');
  await slice('a', 4_000);
  await slice('b', 1);
  expect(log.filter((line) => line.startsWith('rest '))).toEqual(['rest 1', 'rest 20', 'rest 1']);
});

it('leaves a remote database alone, which holds nobody', async () => {
  const slices = createSlices(false, {
    now: () => 0,
    rest: () => Promise.reject(new Error('no rest is needed')),
  });
  expect(await Promise.all([slices.run(async () => 1), slices.run(async () => 2)])).toEqual([1, 2]);
});

it('a slice grows while it is quick, shrinks at once when it was slow, and stays within its bounds', () => {
  const size = createSliceSize({ first: 100, least: 10, most: 500, aimMs: 4 });
  size.learn(1, false);
  expect(size.rows).toBe(100);
  for (const expected of [200, 400, 500, 500]) {
    size.learn(1, true);
    expect(size.rows).toBe(expected);
  }
  size.learn(3, true);
  expect(size.rows).toBe(500);
  size.learn(40, true);
  expect(size.rows).toBe(50);
  size.learn(4_000, true);
  expect(size.rows).toBe(10);
});

it('rests a quarter of that between slices that only read', async () => {
  const { log, slice } = bench(createReadSlices);
  await Promise.all([slice('a', 20), slice('b', 1)]);
  expect(log).toEqual(['a begins', 'a ends', 'rest 5', 'rested', 'b begins', 'b ends', 'rest 1']);
});
