import { expect, it } from 'vitest';
import { formatChange, formatPoints } from '../../../lib/client/change';

it.each([
  [112, 100, '+12 %'],
  [60, 100, '−40 %'],
  [0, 100, '−100 %'],
  [101.9, 100, '='],
  [98.1, 100, '='],
  [299, 100, '+199 %'],
  [340, 100, '× 3.4'],
  [12_345, 100, '× 123'],
  [5, 0, undefined],
  [null, 5, undefined],
  [5, null, undefined],
])('%s after %s is told as %s', (now, before, told) => {
  expect(formatChange(now, before)).toBe(told);
});

it.each([
  [0.99, 0.95, '+4.0'],
  [0.5, 0.625, '−12.5'],
  [0.9999, 0.9998, '='],
  [null, 0.9, undefined],
  [0.9, null, undefined],
])('a share of %s after %s is told as %s points', (now, before, told) => {
  expect(formatPoints(now, before)).toBe(told);
});
