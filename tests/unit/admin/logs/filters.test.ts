import { expect, test } from 'vitest';
import { logFilters } from '../../../../lib/admin/logs/filters';

test('how long a request took is asked of requests only', () => {
  const filter = { durationMsMin: 100, durationMsMax: 0 };
  expect(logFilters(filter, 'requests')).toEqual(filter);
  expect(() => logFilters(filter, 'errors')).toThrow('durationMsMin');
  expect(() => logFilters({ durationMsMax: 1 }, 'errors')).toThrow('durationMsMax');
});
