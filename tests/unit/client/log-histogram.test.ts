import { expect, it } from 'vitest';
import { histogramFollows } from '../../../lib/client/log-histogram';

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
