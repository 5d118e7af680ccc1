import { expect, it } from 'vitest';
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

it('bodies may take an eighth of the memory, and one of the largest size always fits', () => {
  const limits = (MAX_BODIES_MB: number, memoryMb: number) =>
    bodyLimits({ MAX_BODY_MB: 64, MAX_BODIES_MB }, memoryMb * MB);
  expect(limits(0, 4_096)).toEqual({
    bodyBytesMax: 64 * MB,
    bodyLimitName: 'MAX_BODY_MB',
    bodiesBytesMax: 512 * MB,
  });
  expect(limits(0, 256).bodiesBytesMax).toBe(64 * MB);
  expect(limits(100, 256)).toEqual({
    bodyBytesMax: 64 * MB,
    bodyLimitName: 'MAX_BODY_MB',
    bodiesBytesMax: 100 * MB,
  });
  expect(limits(10, 4_096)).toEqual({
    bodyBytesMax: 10 * MB,
    bodyLimitName: 'MAX_BODIES_MB',
    bodiesBytesMax: 10 * MB,
  });
});
