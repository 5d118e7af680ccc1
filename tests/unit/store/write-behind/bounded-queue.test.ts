import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBoundedQueue } from '../../../../lib/store/write-behind/bounded-queue';

const create = (maxItems: number, maxWeight = Infinity, onDrop: (count: number) => void = () => undefined) =>
  createBoundedQueue<number>({ maxItems, maxWeight, weigh: (item) => item, onDrop });

describe('a bounded queue', () => {
  it('behaves as a plain list that loses its start when it is too long', () => {
    const step = fc.oneof(
      fc.constant('push' as const),
      fc.constant('take' as const),
      fc.constant('return' as const),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 4_000 }), (steps) => {
        const queue = create(1_500);
        let model: number[] = [];
        let next = 0;
        for (const action of steps) {
          if (action === 'push') {
            for (let i = 0; i < 10; i += 1) {
              queue.push(next);
              model.push(next++);
            }
          } else {
            const taken = queue.take(7);
            expect(taken).toEqual(model.slice(0, 7));
            if (action === 'take') model = model.slice(7);
            else queue.putBack(taken);
          }
          model = model.slice(-1_500);
          expect(queue.size).toBe(model.length);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('gives the oldest items up when it weighs too much, but never the only one', () => {
    let dropped = 0;
    const queue = create(10, 100, (count) => (dropped += count));
    for (const item of [60, 30, 20, 500]) queue.push(item);
    expect([queue.take(10), dropped]).toEqual([[500], 3]);
  });

  it('drops returned items first when newer ones have filled it meanwhile', () => {
    const queue = create(3);
    for (const item of [1, 2]) queue.push(item);
    const taken = queue.take(2);
    for (const item of [3, 4]) queue.push(item);
    queue.putBack(taken);
    expect(queue.take(5)).toEqual([2, 3, 4]);
  });
});
