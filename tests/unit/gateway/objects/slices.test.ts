import { expect, it } from 'vitest';
import { Stop } from '../../../../lib/balancer/stop';
import { Slices } from '../../../../lib/gateway/objects/slices';

const running = new Stop();

function* counting(steps: number): Generator<void, number> {
  for (let step = 0; step < steps; step++) yield;
  return steps;
}

it('work comes to its end, and several works to theirs', async () => {
  const slices = new Slices();
  const works = [3, 0, 100_000].map((steps) => slices.run(counting(steps), running));
  expect(await Promise.all(works)).toEqual([3, 0, 100_000]);
});

it('long work lets others have their turn', async () => {
  let isOver = false;
  function* untilOver(): Generator<void, string> {
    while (!isOver) yield;
    return 'over';
  }
  const slices = new Slices();
  const both = [slices.run(untilOver(), running), slices.run(untilOver(), running)];
  setTimeout(() => (isOver = true), 0);
  expect(await Promise.all(both)).toEqual(['over', 'over']);
});

it('a long work does not hold up one behind it', async () => {
  let isOver = false;
  function* first(): Generator<void, void> {
    while (!isOver) yield;
  }
  function* second(): Generator<void, void> {
    yield;
    isOver = true;
  }
  const slices = new Slices();
  await Promise.all([slices.run(first(), running), slices.run(second(), running)]);
  expect(isOver).toBe(true);
});

it('work that nobody waits for any more ends', async () => {
  function* endless(): Generator<void, string> {
    for (;;) yield;
  }
  const stop = new Stop();
  const work = new Slices().run(endless(), stop);
  setTimeout(() => stop.abort(), 0);
  expect(await work).toBeUndefined();
});

it('what goes wrong in it is told, and the next work goes on', async () => {
  function* wrong(): Generator<void, string> {
    yield;
    throw new Error('wrong');
  }
  const slices = new Slices();
  const works = [slices.run(wrong(), running), slices.run(counting(5), running)];
  expect(await Promise.allSettled(works)).toMatchObject([
    { status: 'rejected', reason: { message: 'wrong' } },
    { status: 'fulfilled', value: 5 },
  ]);
});
