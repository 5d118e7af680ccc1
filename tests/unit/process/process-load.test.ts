import { describe, expect, it } from 'vitest';
import { bodyLimits } from '../../../lib/inventory/body-limits';
import { connectionLimits, ProcessLoad } from '../../../lib/process/process-load';

const MB = 2 ** 20;

it.each([128, 256, 1_024, 4_096, 1_048_576])(
  'with %i file descriptors each request has two, and there are some left for the rest',
  (descriptors) => {
    const { requestsMax, connectionsMax } = connectionLimits(descriptors);
    expect(requestsMax).toBeGreaterThan(descriptors * 0.15);
    expect(connectionsMax).toBeGreaterThan(requestsMax);
    expect(connectionsMax + requestsMax + 40).toBeLessThanOrEqual(descriptors);
  },
);

it('without a known limit there is none', () => {
  expect(connectionLimits(Infinity)).toEqual({ requestsMax: Infinity, connectionsMax: Infinity });
});

it('a heap near its end leaves room for four requests at a time until it has clearly more', () => {
  const load = new ProcessLoad(Infinity);
  // Much of it may be waste as long as it has not been collected.
  expect([load.heap(87, 100, false), load.requestsMax]).toEqual([undefined, Infinity]);
  expect([load.heap(69, 100, true), load.requestsMax]).toEqual([undefined, Infinity]);
  expect([load.heap(71, 100, true), load.requestsMax, load.shortOf]).toEqual(['began', 4, 'memory']);
  expect([load.heap(65, 100, false), load.requestsMax]).toEqual([undefined, 4]);
  expect([load.heap(61, 100, false), load.requestsMax]).toEqual(['over', Infinity]);
  expect(load.heap(89, 100, false)).toBe('began');
});

describe('bodies', () => {
  const limits = (set: { MAX_BODIES_MB?: number; MAX_BODIES_ON_DISK_MB?: number }, memoryMb: number) =>
    bodyLimits({ MAX_BODY_MB: 600, MAX_BODIES_MB: 0, MAX_BODIES_ON_DISK_MB: 4_096, ...set }, memoryMb * MB);

  it('may take an eighth of the memory, and what is read whole of one on disk always fits', () => {
    expect(limits({}, 4_096)).toEqual({
      bodyBytesMax: 600 * MB,
      bodyLimitName: 'MAX_BODY_MB',
      bodiesBytesMax: 512 * MB,
      bodiesOnDiskBytesMax: 4_096 * MB,
    });
    expect(limits({}, 256).bodiesBytesMax).toBe(64 * MB);
    expect(limits({ MAX_BODIES_MB: 10 }, 256)).toMatchObject({
      bodyBytesMax: 600 * MB,
      bodiesBytesMax: 10 * MB,
    });
  });

  it('are no larger than what all may take on disk', () => {
    expect(limits({ MAX_BODIES_ON_DISK_MB: 100 }, 256)).toMatchObject({
      bodyBytesMax: 100 * MB,
      bodyLimitName: 'MAX_BODIES_ON_DISK_MB',
    });
  });

  it('that stay in memory are no larger than what all may take there, and one always fits by default', () => {
    expect(limits({ MAX_BODIES_ON_DISK_MB: 0 }, 256)).toEqual({
      bodyBytesMax: 600 * MB,
      bodyLimitName: 'MAX_BODY_MB',
      bodiesBytesMax: 600 * MB,
      bodiesOnDiskBytesMax: 0,
    });
    expect(limits({ MAX_BODIES_MB: 10, MAX_BODIES_ON_DISK_MB: 0 }, 4_096)).toMatchObject({
      bodyBytesMax: 10 * MB,
      bodyLimitName: 'MAX_BODIES_MB',
    });
  });
});
