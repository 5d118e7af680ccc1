import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffMs, createsSomethingLasting } from '../../../../lib/balancer/attempts/retry';
import { SeededRandom } from '../support';

describe('backoff', () => {
  it('is 100 ms doubled for each wait before, at most 2 s, with up to half taken off', () => {
    const longest = [0, 1, 2, 3, 4, 5, 50].map((waits) => backoffMs(waits, { next: () => 1 - 1e-12 }));
    expect(longest.map(Math.round)).toEqual([100, 200, 400, 800, 1600, 2000, 2000]);
    const shortest = [0, 1, 2, 3, 4, 5, 50].map((waits) => backoffMs(waits, { next: () => 0 }));
    expect(shortest).toEqual([50, 100, 200, 400, 800, 1000, 1000]);
  });

  it('is spread by chance', () => {
    const random = new SeededRandom();
    const waits = Array.from({ length: 100 }, () => backoffMs(3, random));
    expect(new Set(waits).size).toBe(100);
  });

  it('stays between 50 ms and 2 s, whatever happened before', () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (waits, chance) => {
          const ms = backoffMs(waits, { next: () => chance });
          expect(ms).toBeGreaterThanOrEqual(50);
          expect(ms).toBeLessThanOrEqual(2_000);
        },
      ),
    );
  });
});

describe('something lasting', () => {
  it.each([
    ['POST', '/files'],
    ['POST', '/batches'],
    ['POST', '/fine_tuning/jobs'],
    ['POST', '/assistants'],
    ['POST', '/threads/t_1/runs'],
    ['POST', '/uploads'],
    ['POST', '/images'],
    ['POST', '/something/new'],
    ['POST', '/chat/completions/x'],
    ['PATCH', '/files/f_1'],
  ])('is created by %s %s', (method, path) => {
    expect(createsSomethingLasting(method, path)).toBe(true);
  });

  it.each([
    ['POST', '/chat/completions'],
    ['POST', '/chat/completions/'],
    ['POST', '/completions'],
    ['POST', '/embeddings'],
    ['POST', '/responses'],
    ['POST', '/images/generations'],
    ['POST', '/audio/transcriptions'],
    ['POST', '/moderations'],
    ['POST', '/rerank'],
    ['GET', '/files'],
    ['GET', '/models'],
    ['DELETE', '/files/f_1'],
  ])('is not created by %s %s', (method, path) => {
    expect(createsSomethingLasting(method, path)).toBe(false);
  });
});
