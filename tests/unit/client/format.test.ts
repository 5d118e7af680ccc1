import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  elapsed,
  formatBytes,
  formatCount,
  formatCountdown,
  formatDuration,
  formatLasted,
  formatShare,
  formatPrice,
  formatUsd,
} from '../../../lib/client/format';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

test.each([
  [0, '0 ms'],
  [999, '999 ms'],
  [999.4, '999 ms'],
  [999.5, '1.00 s'],
  [1_240, '1.24 s'],
  [9_994, '9.99 s'],
  [9_995, '10.0 s'],
  [12_340, '12.3 s'],
  [59_949, '59.9 s'],
  [59_950, '1 m 00 s'],
  [MINUTE + 59_600, '2 m 00 s'],
  [HOUR - 501, '59 m 59 s'],
  [HOUR - 500, '1 h 00 m'],
  [2 * HOUR - 1, '2 h 00 m'],
  [2 * MINUTE + 5_000, '2 m 05 s'],
  [3 * HOUR + 7 * MINUTE, '3 h 07 m'],
])('a duration of %d ms reads %s', (ms, text) => expect(formatDuration(ms)).toBe(text));

test.each([
  [-5, '0 s'],
  [499, '0 s'],
  [8_640, '9 s'],
  [59_499, '59 s'],
  [59_500, '1 m 00 s'],
  [HOUR - 501, '59 m 59 s'],
  [HOUR + 2 * MINUTE, '1 h 02 m'],
  [24 * HOUR - 500, '1 d 0 h'],
  [51 * HOUR, '2 d 3 h'],
])('what lasted %d ms reads "%s"', (ms, text) => expect(formatLasted(ms)).toBe(text));

describe('a countdown', () => {
  test.each([
    [0, ''],
    [-5, ''],
    [1, '1 s'],
    [59_001, '1:00'],
    [42_000, '42 s'],
    [185_000, '3:05'],
    [HOUR, '1 h 00 m'],
    [HOUR + 1_000, '1 h 01 m'],
    [27 * HOUR, '1 d 3 h'],
  ])('of %d ms reads "%s"', (ms, text) => expect(formatCountdown(ms)).toBe(text));

  test('is empty only when nothing is left', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 40 * 24 * HOUR }), (ms) => formatCountdown(ms) !== ''));
  });
});

test('time that has passed is counted in whole units, never negative', () => {
  expect(elapsed(-1)).toEqual({ value: 0, unit: 's' });
  expect(elapsed(59_999)).toEqual({ value: 59, unit: 's' });
  expect(elapsed(MINUTE)).toEqual({ value: 1, unit: 'm' });
  expect(elapsed(23 * HOUR)).toEqual({ value: 23, unit: 'h' });
  expect(elapsed(49 * HOUR)).toEqual({ value: 2, unit: 'd' });
});

test.each([
  [0, '0'],
  [9_999, '9999'],
  [10_000, '10.0k'],
  [9_999.4, '9999'],
  [9_999.5, '10.0k'],
  [99_949, '99.9k'],
  [99_950, '100k'],
  [123_456, '123k'],
  [999_499, '999k'],
  [999_500, '1.00M'],
  [999_999, '1.00M'],
  [9_995_000, '10.0M'],
  [999_999_999, '1.00G'],
  [999_999_999_999, '1.00T'],
  [-999_999, '-1.00M'],
  [-123_456, '-123k'],
  [4_560_000, '4.56M'],
  [2_000_000_000, '2.00G'],
])('%d is counted as %s', (value, text) => expect(formatCount(value)).toBe(text));

test.each([
  [0, '0 B'],
  [1_023, '1023 B'],
  [1_536, '1.50 KB'],
  [9.996 * 2 ** 10, '10.0 KB'],
  [99.96 * 2 ** 10, '100 KB'],
  [1_023 * 2 ** 10, '1023 KB'],
  [2 ** 20 - 1, '1.00 MB'],
  [16 * 2 ** 20, '16.0 MB'],
  [2 ** 30 - 1, '1.00 GB'],
  [2 ** 40 - 1, '1.00 TB'],
])('%d bytes read %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));

describe('a share', () => {
  test('is never rounded up to all nor down to none', () => {
    expect(formatShare(999_999, 1_000_000)).toBe('> 99.99 %');
    expect(formatShare(1, 1_000_000)).toBe('< 0.01 %');
    expect(formatShare(1, 1)).toBe('100 %');
    expect(formatShare(0, 7)).toBe('0 %');
  });

  test.each([
    [98_949, '98.9 %'],
    [98_960, '98.96 %'],
    [994, '0.99 %'],
    [999, '1.0 %'],
  ])('of %d in 100,000 reads %s', (part, text) => {
    expect(formatShare(part, 100_000)).toBe(text);
  });

  test('of nothing is unknown', () => expect(formatShare(0, 0)).toBe('–'));
});

test('no figure ever reads as a whole of its next unit', () => {
  const values = fc.oneof(fc.double({ min: 0, max: 1e12, noNaN: true }), fc.integer({ min: 0, max: 9e11 }));
  fc.assert(
    fc.property(values, (value) => {
      expect(formatCount(value)).not.toMatch(/^1000[kMG]/);
      expect(formatBytes(value)).not.toMatch(/^1024 /);
      expect(formatDuration(value)).not.toMatch(/^1000 ms|\b60(\.0)? [sm]/);
    }),
  );
});

test.each([
  [0, '$0.00'],
  [0.000_000_012_34, '$0.0000000123'],
  [0.001_234, '$0.00123'],
  [0.999_9, '$1.00'],
  [1, '$1.00'],
  [999.99, '$999.99'],
  [999.999, '$1,000.00'],
  [1_234.567, '$1,234.57'],
  [9_999.999, '$10.0k'],
  [12_345, '$12.3k'],
])('tells %d dollars as %s', (value, text) => {
  expect(formatUsd(value)).toBe(text);
});

test.each([
  [0.25, '$0.250'],
  [2.5, '$2.50'],
  [1_000, '$1,000.00'],
  [1_000_000, '$1,000,000.00'],
])('tells a price of %d dollars whole, as %s', (value, text) => {
  expect(formatPrice(value)).toBe(text);
});
