import { expect, it } from 'vitest';
import { createLogIds } from '../../../../lib/runtime/events/log-id';

const NOW = Date.UTC(2026, 0, 1);

it('makes ids of 20 characters that fit into the column', () => {
  expect(createLogIds()(NOW)).toMatch(/^[0-9a-z]{20}$/);
});

it('sorts by time, for every time until the year 5000', () => {
  const newId = createLogIds();
  const times = [0, 1, NOW, NOW + 1, Date.UTC(2059, 4, 26), Date.UTC(5000, 0, 1)];
  const ids = times.map(newId);
  expect([...ids].sort()).toEqual(ids);
});

it('sorts by making within one millisecond', () => {
  const newId = createLogIds();
  const ids = Array.from({ length: 10_000 }, () => newId(NOW));
  expect([...ids].sort()).toEqual(ids);
  expect(new Set(ids)).toHaveLength(ids.length);
});

it('tells processes apart', () => {
  const ids = Array.from({ length: 100 }, () => createLogIds()(NOW));
  expect(new Set(ids)).toHaveLength(ids.length);
});
