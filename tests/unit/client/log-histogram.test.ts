import { expect, it } from 'vitest';
import type { LogHistogramAnswer } from '../../../lib/admin/contract/logs';
import { countInParts, histogramFollows } from '../../../lib/client/log-histogram';

it.each([
  [0, 2_000],
  [100, 2_000],
  [101, 4_000],
  [1_500, 32_000],
  [60_000, 64_000],
])('what took %d ms to count is counted every %d ms at most', (tookMs, paceMs) => {
  expect(histogramFollows(tookMs)).toMatchObject({ follows: ['traffic'], paceMs });
  expect(histogramFollows(tookMs).keptMs).toBeGreaterThanOrEqual(paceMs);
});

const MINUTE = 60_000;

/** What is counted from a cursor on: so many rows a bar. */
function partOf(counts: readonly number[], nextCursor: string | null): LogHistogramAnswer {
  const bars = counts.map((succeeded, index) => ({ at: index * MINUTE, succeeded, failed: 1, other: 0 }));
  return {
    from: 0,
    to: counts.length * MINUTE - 1,
    barMs: MINUTE,
    bars,
    total: bars.reduce((sum, { succeeded, failed }) => sum + succeeded + failed, 0),
    isComplete: nextCursor === null,
    countedTo: nextCursor === null ? null : MINUTE,
    nextCursor,
    tookMs: 200,
  };
}

function answering(parts: readonly LogHistogramAnswer[]) {
  const cursors: (string | undefined)[] = [];
  const ask = async (cursor: string | undefined) => {
    cursors.push(cursor);
    return parts[cursors.length - 1] ?? partOf([], null);
  };
  return { ask, cursors };
}

it('counts on from where each answer ended, and adds the bars up', async () => {
  const { ask, cursors } = answering([partOf([0, 5], 'b'), partOf([2, 3], 'a'), partOf([7, 0], null)]);
  const counted = await countInParts(ask, 10_000);
  expect(cursors).toEqual([undefined, 'b', 'a']);
  expect(counted).toMatchObject({
    total: 23,
    isComplete: true,
    countedTo: null,
    nextCursor: null,
    tookMs: 600,
  });
  expect(counted.bars.map(({ succeeded, failed }) => [succeeded, failed])).toEqual([
    [9, 3],
    [8, 3],
  ]);
});

it('counts no longer than it may, and says how far it got', async () => {
  const { ask, cursors } = answering([partOf([1], 'c'), partOf([1], 'b'), partOf([1], 'a')]);
  const counted = await countInParts(ask, 400);
  expect(cursors).toHaveLength(2);
  expect(counted).toMatchObject({ total: 4, isComplete: false, countedTo: MINUTE, nextCursor: 'b' });
});
