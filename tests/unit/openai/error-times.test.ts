import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { askedCooldownMs, doubledCooldownMs, durationMs, rest } from '../../../lib/balancer/cooldown';
import type { HeaderRecord } from '../../../lib/balancer/ports';
import { START_MS as NOW } from './support';

const HOUR_MS = 3_600_000;
const httpDate = (ms: number): string => new Date(ms).toUTCString();
const asked = (headers: HeaderRecord): number | undefined => askedCooldownMs(headers, NOW);

describe('Retry-After', () => {
  it.each<[string, HeaderRecord, number | undefined]>([
    ['whole seconds', { 'retry-after': '20' }, 20_000],
    ['decimals', { 'retry-after': '1.5' }, 1_500],
    ['blanks around', { 'retry-after': ' 20 ' }, 20_000],
    ['an HTTP date', { 'retry-after': httpDate(NOW + 90_000) }, 90_000],
    ['the obsolete RFC 850 date', { 'retry-after': 'Thursday, 01-Jan-26 00:01:30 GMT' }, 90_000],
    ['a date in the past', { 'retry-after': httpDate(NOW - 90_000) }, undefined],
    ['zero', { 'retry-after': '0' }, undefined],
    ['the first of a repeated header', { 'retry-after': ['7', '9'] }, 7_000],
    ['milliseconds of their own', { 'retry-after-ms': '250' }, 250],
    ['milliseconds before seconds', { 'retry-after-ms': '250', 'retry-after': '9' }, 250],
    ['seconds when the milliseconds are empty', { 'retry-after-ms': '', 'retry-after': '9' }, 9_000],
    ['seconds when the milliseconds are junk', { 'retry-after-ms': 'soon', 'retry-after': '9' }, 9_000],
    ['seconds when the milliseconds are negative', { 'retry-after-ms': '-1', 'retry-after': '9' }, 9_000],
    ['at most a day', { 'retry-after': '999999999' }, 24 * HOUR_MS],
    ['nothing', {}, undefined],
    ['an empty text', { 'retry-after': '' }, undefined],
  ])('reads %s', (_title, headers, expected) => {
    expect(asked(headers)).toBe(expected);
  });

  it.each(['soon', '-5', 'in 3000', 'wait 60', '5 apples', '0x10', '1e3', 'NaN', 'Infinity', '1.2.3'])(
    'takes %j for no answer at all, so that the reset header speaks',
    (junk) => {
      expect(asked({ 'retry-after': junk })).toBeUndefined();
      expect(asked({ 'retry-after': junk, 'x-ratelimit-reset': '7' })).toBe(7_000);
    },
  );
});

describe('x-ratelimit-reset', () => {
  it('counts for the exhausted kind alone', () => {
    const headers = {
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '2s',
      'x-ratelimit-remaining-tokens': '5000',
      'x-ratelimit-reset-tokens': '6m0s',
    };
    expect(asked(headers)).toBe(2_000);
  });

  it('counts the longest when several kinds are exhausted', () => {
    const headers = {
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '2s',
      'x-ratelimit-remaining-tokens': '0',
      'x-ratelimit-reset-tokens': '6m0s',
    };
    expect(asked(headers)).toBe(360_000);
  });

  it('says nothing when no kind is exhausted', () => {
    const headers = { 'x-ratelimit-remaining-requests': '9', 'x-ratelimit-reset-requests': '2s' };
    expect(asked(headers)).toBeUndefined();
  });

  it('counts the longest when no remaining count is given at all', () => {
    expect(asked({ 'x-ratelimit-reset-requests': '1s', 'x-ratelimit-reset-tokens': '3s' })).toBe(3_000);
  });

  it('counts without a kind too', () => {
    expect(asked({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '12' })).toBe(12_000);
  });

  it('gives way to Retry-After', () => {
    expect(asked({ 'retry-after': '5', 'x-ratelimit-reset': '60' })).toBe(5_000);
  });
});

describe('a duration', () => {
  it.each<[string, number | undefined]>([
    ['6m0s', 360_000],
    ['120ms', 120],
    ['1h2m3.5s', 3_723_500],
    ['7.66s', 7_660],
    ['1d', 24 * HOUR_MS],
    ['30', 30_000],
    ['0.25', 250],
    [String((NOW + 45_000) / 1000), 45_000],
    [String(NOW + 45_000), 45_000],
    [String(NOW / 1000 - 45), 0],
    [new Date(NOW + 45_000).toISOString(), 45_000],
    ['', undefined],
    ['6 minutes', undefined],
    ['s', undefined],
    ['-5s', undefined],
    ['5x', undefined],
  ])('reads %j', (text, expected) => {
    expect(durationMs(text, NOW)).toBe(expected);
  });

  it('is never negative nor not a number, whatever the text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const ms = durationMs(text, NOW);
        expect(ms === undefined || ms >= 0).toBe(true);
      }),
    );
  });
});

describe('an own cooldown', () => {
  it('doubles with each in a row and stops at an hour', () => {
    expect([0, 1, 2, 5].map((inARow) => doubledCooldownMs(60_000, inARow))).toEqual([
      60_000, 120_000, 240_000, 1_920_000,
    ]);
    expect(doubledCooldownMs(60_000, 6)).toBe(HOUR_MS);
    expect(doubledCooldownMs(60_000, 5_000)).toBe(HOUR_MS);
  });

  it('is never shortened by a new deadline', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(100_000)), (deadlines) => {
        const cooldown = { until: 0, inARow: 0, probe: undefined };
        for (const until of deadlines) {
          const before = cooldown.until;
          rest(cooldown, until, 0);
          expect(cooldown.until).toBe(Math.max(before, until));
        }
      }),
    );
  });

  it('counts as in a row only what comes after the one before', () => {
    const cooldown = { until: 0, inARow: 0, probe: undefined };
    rest(cooldown, 1000, 0);
    rest(cooldown, 1500, 500);
    expect(cooldown).toEqual({ until: 1500, inARow: 1, probe: undefined });
    rest(cooldown, 3000, 1500);
    expect(cooldown).toEqual({ until: 3000, inARow: 2, probe: undefined });
  });
});
