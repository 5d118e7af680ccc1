import { describe, expect, it } from 'vitest';
import { choose, median, rowsOf, type Round, type Turn } from '../../../bench/rounds';

function turn(cpuUs: number, perSecond = 1_000): Turn {
  return { cpuUs, perSecond, p50Ms: 1, p99Ms: 2, memoryMb: 50, loadAverage: 1 };
}

function round(othersShare: number, turns: Readonly<Record<string, Turn>> = {}): Round {
  return { turns: new Map(Object.entries(turns)), othersShare };
}

describe('rounds of a comparison', () => {
  it('counts the quiet ones alone', () => {
    const quiet = [round(0), round(0.02), round(0.1)];
    const { counted, isBusy } = choose([round(0.11), ...quiet, round(1.8)]);
    expect(counted).toEqual(quiet);
    expect(isBusy).toBe(false);
  });

  it('counts all of them, and says so, when too few were quiet', () => {
    const rounds = [round(0.5), round(0), round(0.7), round(0.01)];
    expect(choose(rounds)).toEqual({ counted: rounds, isBusy: true });
  });

  it('takes the middle of an odd number, and the mean of the two middle ones of an even', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([9, 1, 5, 6])).toBe(5.5);
  });

  it('divides within each round, and only then takes the median', () => {
    const rounds = [
      round(0, { 'openai-balance': turn(100), other: turn(200) }),
      round(0, { 'openai-balance': turn(300), other: turn(300) }),
      round(0, { 'openai-balance': turn(90), other: turn(30) }),
    ];
    const [ours, other] = rowsOf(rounds);
    expect(ours).toMatchObject({ contender: 'openai-balance', cpuUs: 100 });
    expect(ours).not.toHaveProperty('ratios');
    // The median of 0.5, 1 and 3; of the medians, 100 and 200, it would be 0.5.
    expect(other).toMatchObject({ contender: 'other', cpuUs: 200, ratios: { cpuUs: 1, perSecond: 1 } });
  });

  it('leaves a round out of the ratios in which one of the two has no figure', () => {
    const rounds = [
      round(0, { 'openai-balance': turn(100), other: turn(50) }),
      round(0, { other: turn(10) }),
      round(0, { 'openai-balance': turn(100) }),
    ];
    expect(rowsOf(rounds)[1]?.ratios?.cpuUs).toBe(2);
  });
});
