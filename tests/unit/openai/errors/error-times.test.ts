import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HeaderRecord } from '../../../../lib/balancer/ports';
import { durationMs, untilDateMs } from '../../../../lib/openai/errors/durations';
import { readAnswer } from '../../../../lib/openai/answer/answer-facts';
import { evidenceOf } from '../../../../lib/openai/errors/error-evidence';
import { limitResetMs, resetTime, retryAfterMs } from '../../../../lib/openai/errors/error-times';

/** A Thursday, at midnight UTC; 8 in the morning in Beijing, 16 o'clock of the day before in California. */
const NOW = Date.UTC(2026, 0, 1);
const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const httpDate = (ms: number): string => new Date(ms).toUTCString();
const iso = (ms: number): string => new Date(ms).toISOString();

/** How long until the time that an answer names; undefined if it names none. */
function named(headers: HeaderRecord, body: string | object = '', now = NOW): number | undefined {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const until = resetTime(headers, evidenceOf(429, text), now);
  return until === undefined ? undefined : until - now;
}
const asked = (headers: HeaderRecord): number | undefined => named(headers);
const inText = (message: string, code?: string): number | undefined =>
  named({}, { error: { message, code } });

describe('Retry-After', () => {
  it.each<[string, HeaderRecord, number | undefined]>([
    ['whole seconds', { 'retry-after': '20' }, 20_000],
    ['seconds with their unit', { 'retry-after': '36s' }, 36_000],
    ['minutes and seconds', { 'retry-after': '1m30s' }, 90_000],
    ['milliseconds with their unit', { 'retry-after': '500ms' }, 500],
    ['units in words', { 'retry-after': '2 minutes' }, 120_000],
    ['an epoch in seconds', { 'retry-after': String((NOW + 45_000) / 1000) }, 45_000],
    ['an epoch in milliseconds', { 'retry-after': String(NOW + 45_000) }, 45_000],
    ['an ISO date', { 'retry-after': iso(NOW + 45_000) }, 45_000],
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
    ['at most a day', { 'retry-after': '9999999' }, 24 * HOUR_MS],
    ['nothing in a time that nobody lives to see', { 'retry-after': '99999999999999' }, undefined],
    ['seconds when the milliseconds are endless', { 'retry-after-ms': '1e309', 'retry-after': '9' }, 9_000],
    [
      'an epoch by our clock where the other was never set',
      { 'retry-after': String((NOW + 45_000) / 1000), date: httpDate(0) },
      45_000,
    ],
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
    ['2m59.56s', 179_560],
    ['36 seconds', 36_000],
    ['1 second', 1_000],
    ['6 minutes', 360_000],
    ['1 hour 2 minutes', 3_720_000],
    ['2 hours, 5 mins and 1 sec', 7_501_000],
    ['8 hours 24 minutes', 30_240_000],
    ['2 days', 48 * HOUR_MS],
    ['500 milliseconds', 500],
    ['5 分钟', 300_000],
    ['3个小时', 3 * HOUR_MS],
    ['30秒', 30_000],
    ['36S', 36_000],
    ['7.66s', 7_660],
    ['1d', 24 * HOUR_MS],
    ['30', 30_000],
    ['0.25', 250],
    [String((NOW + 45_000) / 1000), 45_000],
    [String(NOW + 45_000), 45_000],
    [String(NOW / 1000 - 45), 0],
    [new Date(NOW + 45_000).toISOString(), 45_000],
    ['', undefined],
    ['5 months', undefined],
    ['5 ms late', undefined],
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

describe('a date', () => {
  it.each<[string, number | undefined]>([
    [iso(NOW + 45_000), 45_000],
    ['2026-01-01 02:00:00', 2 * HOUR_MS],
    ['2026-01-01T02:00', 2 * HOUR_MS],
    ['2026-01-01 02:00:00 UTC', 2 * HOUR_MS],
    ['2026-01-01 02:00:00 +0800', 0],
    ['2026-01-01 10:00:00+08:00', 2 * HOUR_MS],
    ['2026-01-01 02:00:00 -0800', 10 * HOUR_MS],
    [httpDate(NOW + 45_000), 45_000],
    ['wait 60', undefined],
    ['2026', undefined],
    ['2026-13-45 99:99', undefined],
  ])('is read from %j, and is never in the past', (text, expected) => {
    expect(untilDateMs(text, NOW)).toBe(expected);
  });

  it('without a zone is of the zone given, and with one is not', () => {
    expect(untilDateMs('2026-01-01 10:00:00', NOW, 8 * HOUR_MS)).toBe(2 * HOUR_MS);
    expect(untilDateMs('2026-01-01 10:00:00Z', NOW, 8 * HOUR_MS)).toBe(10 * HOUR_MS);
    expect(untilDateMs('2026-01-01 10:00:00 +0000', NOW, 8 * HOUR_MS)).toBe(10 * HOUR_MS);
  });
});

describe('anthropic-ratelimit-*-reset and the IETF draft', () => {
  it('count for the used-up kind alone', () => {
    const headers = {
      'anthropic-ratelimit-requests-remaining': '10',
      'anthropic-ratelimit-requests-reset': iso(NOW + HOUR_MS),
      'anthropic-ratelimit-input-tokens-remaining': '0',
      'anthropic-ratelimit-input-tokens-reset': iso(NOW + 45_000),
    };
    expect(asked(headers)).toBe(45_000);
  });

  it('count in seconds since 1970 too', () => {
    expect(asked({ 'anthropic-ratelimit-unified-reset': String(NOW / 1000 + 9_000) })).toBe(9_000_000);
  });

  it.each<[string, HeaderRecord, number | undefined]>([
    ['the window that has refused', { '5h-status': 'rejected', '7d-status': 'allowed_warning' }, 600_000],
    ['the later of two that have', { '5h-status': 'rejected', '7d-status': 'rejected' }, 7_200_000],
    ['the one that is used up', { '5h-utilization': '1.0', '7d-utilization': '0.3' }, 600_000],
    ['none of them', { status: 'allowed', '5h-status': 'allowed', '7d-utilization': '0.9' }, undefined],
    [
      'a month for buying more',
      { '5h-status': 'rejected', '7d-status': 'allowed', 'overage-status': 'rejected' },
      600_000,
    ],
  ])("of Anthropic's subscriptions count as %s", (_name, said, ms) => {
    const resets = { '5h-reset': at(600), '7d-reset': at(7_200), 'overage-reset': at(80_000) };
    const names = Object.entries({ ...resets, ...said });
    expect(
      asked(Object.fromEntries(names.map(([name, value]) => [`anthropic-ratelimit-unified-${name}`, value]))),
    ).toBe(ms);

    function at(seconds: number): string {
      return String(NOW / 1000 + seconds);
    }
  });

  it('count in the words of the draft', () => {
    expect(asked({ 'ratelimit-remaining': '0', 'ratelimit-reset': '12' })).toBe(12_000);
  });
});

describe('the reset headers', () => {
  it.each<[string, HeaderRecord, number | undefined]>([
    ['durations', { 'x-ratelimit-reset-tokens': '2m59.56s' }, 179_560],
    ['seconds with a fraction, by the day', { 'x-ratelimit-reset-requests-day': '33011.4' }, 33_011_400],
    ['an epoch in seconds', { 'x-ratelimit-reset': String(NOW / 1000 + 45) }, 45_000],
    ['an epoch in milliseconds', { 'x-ratelimit-reset': String(NOW + 45_000) }, 45_000],
    ['seconds after', { 'x-ratelimit-reset-after': '9' }, 9_000],
    ['junk as none', { 'x-ratelimit-reset': 'soon' }, undefined],
    ['a repeated header by its first', { 'x-ratelimit-reset': ['7', '9'] }, 7_000],
    ['other headers as none', { 'x-ratelimit-limit': '7', 'content-length': '9' }, undefined],
  ])('are read as %s', (_title, headers, expected) => {
    expect(limitResetMs(headers, NOW)).toBe(expected);
  });

  it('are believed up to a day', () => {
    expect(asked({ 'x-ratelimit-reset': '999999' })).toBe(DAY_MS);
  });
});

it('Retry-After is read without looking at the body', () => {
  expect(retryAfterMs({ 'retry-after': '7' }, NOW)).toBe(7_000);
  expect(retryAfterMs({ 'retry-after': '0' }, NOW)).toBeUndefined();
  expect(retryAfterMs({}, NOW)).toBeUndefined();
});

describe('a time in the fields of a body', () => {
  const gemini = (retryDelay: unknown) => ({
    error: { code: 429, details: [{ '@type': 'google.rpc.RetryInfo', retryDelay }] },
  });
  it.each<[string, object, number | undefined]>([
    ['Gemini’s retryDelay', gemini('34.07s'), 34_070],
    ['Gemini’s retryDelay as an object', gemini({ seconds: 34, nanos: 500_000_000 }), 34_500],
    ['Gemini’s retryDelay of nothing', gemini({ seconds: 0 }), undefined],
    ['a list', [gemini('2s')], 2_000],
    ['Codex', { error: { resets_in_seconds: 18_000, resets_at: NOW / 1000 + 18_000 } }, 18_000_000],
    ['a date in seconds', { error: { resets_at: NOW / 1000 + 7_000 } }, 7_000_000],
    ['a date as a text', { error: { resets_at: iso(NOW + 45_000) } }, 45_000],
    ['a date that is a small number, of unknown unit', { error: { resets_at: 45 } }, undefined],
    ['retry_after', { retry_after: 12 }, 12_000],
    ['retryAfterSeconds', { error: { retryAfterSeconds: '12' } }, 12_000],
    ['retry_after_ms', { error: { retry_after_ms: 250 } }, 250],
    ['Code Assist', { error: { details: [{ metadata: { quotaResetDelay: '135h9m46s' } }] } }, 486_586_000],
    [
      'Code Assist’s stamp',
      { error: { details: [{ metadata: { quotaResetTimeStamp: iso(NOW + 5 * HOUR_MS) } }] } },
      5 * HOUR_MS,
    ],
    [
      'OpenRouter’s headers in metadata',
      {
        error: {
          metadata: { headers: { 'X-RateLimit-Remaining': '0', 'X-RateLimit-Reset': String(NOW + 20_000) } },
        },
      },
      20_000,
    ],
    ['Retry-After in metadata', { error: { metadata: { headers: { 'Retry-After': '9' } } } }, 9_000],
    ['the longest of several', { error: { details: [{ retryDelay: '2s' }, { retryDelay: '9s' }] } }, 9_000],
    [
      'none in fields of other names',
      { error: { limit: 9, delay: '2s', created: NOW / 1000 + 99 } },
      undefined,
    ],
    ['none in a value that is no time', { error: { retry_after: 'soon', resets_at: [] } }, undefined],
    ['at most eight days', { error: { resets_in_seconds: 9_999_999 } }, 8 * DAY_MS],
  ])('is read of %s', (_title, body, expected) => {
    expect(named({}, body)).toBe(expected);
  });

  it('is looked for to a depth and a number of fields that no body can make long', () => {
    let deep: object = { retry_after: 5 };
    for (let i = 0; i < 50; i++) deep = { error: deep };
    expect(named({}, deep)).toBeUndefined();
    const wide = Object.fromEntries(Array.from({ length: 2_000 }, (_, i) => [`f${i}`, { retry_after: 5 }]));
    expect(named({}, { first: { retry_after: 9 }, ...wide })).toBe(9_000);
  });
});

describe('a time in the text of a body', () => {
  it.each<[string, number | undefined]>([
    ['Rate limit reached. Please try again in 174ms. Visit https://x', 174],
    ['Rate limit reached. Please try again in 11.455s. Need more?', 11_455],
    ['Please try again in 1m9.696s.', 69_696],
    ['Please try again in 1h2m3s', 3_723_000],
    ['Please retry in 38.922534355s.', 38_923],
    ['reached max request: 3, please try again after 1 seconds', SECOND_MS],
    ['please try again after 0 seconds', undefined],
    ['Please retry after 86400 seconds. Please go here', DAY_MS],
    ['Rate limit of 50 per 86400s exceeded. Please wait 5631 seconds before retrying.', 5_631_000],
    ['Please wait 8 hours 24 minutes and try again', 30_240_000],
    ['Your quota will reset after 135h10m5s.', 486_605_000],
    ['Resets in 45m10s', 2_710_000],
    ['Retry after: 12', 12_000],
    ['请在 30 秒后重试', 30_000],
    ['Claude AI usage limit reached|1767234600', 9_000_000],
    ['Your limit will reset at 2026-01-01 02:30:00', 9_000_000],
    ['Resets at 2026-01-01T02:30:00Z', 9_000_000],
    ['It will reset at 2026-01-01 10:30:00 +0800 CST', 9_000_000],
    ['available again after 2026-01-01 02:30 UTC', 9_000_000],
    ['您的限额将在 2026-01-01 10:30:00 重置', 9_000_000],
    ['Your limit will reset at 2025-12-31 02:30:00', undefined],
    ['Limit 30000, Used 29000, Requested 2000. See plan 30 days.', undefined],
    ['exceeded the rate limit of 20,000 input tokens per minute', undefined],
    ['Current cost: 15.07, Max budget: 15.0', undefined],
    ['try again later', undefined],
  ])('is read from %j', (message, expected) => {
    expect(inText(message)).toBe(expected);
  });

  it('is Beijing’s where Zhipu says it in English', () => {
    const message = 'Usage limit reached for 5 hour. Your limit will reset at 2026-01-01 10:30:00';
    expect(inText(message, '1308')).toBe(9_000_000);
    expect(inText(message)).toBe(37_800_000);
  });

  it('gives way to a field', () => {
    expect(named({}, { error: { message: 'try again in 5s', retry_after: 9 } })).toBe(9_000);
  });
});

describe('of a header and a body', () => {
  it('the later time counts', () => {
    const body = { error: { message: 'try again in 20s' } };
    expect(named({ 'retry-after': '5' }, body)).toBe(20_000);
    expect(named({ 'retry-after': '50' }, body)).toBe(50_000);
  });

  it('the body counts before a reset header, which may speak of another limit', () => {
    expect(named({ 'x-ratelimit-reset': '600' }, { error: { message: 'try again in 20s' } })).toBe(20_000);
  });
});

describe('a limit by the day or week', () => {
  const at = (hour: number): number => NOW + hour * HOUR_MS;

  it.each<[string, string, number]>([
    ['midnight UTC', 'Rate limit exceeded: free-models-per-day', 18],
    ['midnight UTC', 'daily request limit reached', 18],
    ['midnight UTC', 'weekly limit', 18],
    ['midnight UTC', 'requests per day (RPD)', 18],
    ['midnight in Beijing', '已达到每日限额', 10],
    ['midnight in Beijing', '今日额度已用完', 10],
    ['midnight in California', 'per day, see https://ai.google.dev/gemini-api', 2],
  ])('that names no time lasts until %s: %s', (_where, message, hours) => {
    expect(named({}, { error: { message } }, at(6))).toBe(hours * HOUR_MS);
  });

  it('lasts until the time that it names', () => {
    expect(named({ 'retry-after': '7' }, { error: { message: 'requests per day' } })).toBe(7_000);
    expect(inText('tokens per day (TPD): Limit 100000. Please try again in 9m38.016s.')).toBe(578_016);
  });

  it('of Gemini lasts until midnight in California, for the times beside it are the minute’s', () => {
    const body = {
      error: {
        message: 'Quota exceeded. Please retry in 34.07s.',
        details: [
          {
            '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
            violations: [{ quotaId: 'GenerateRequestsPerDayPerProjectPerModel-FreeTier' }],
          },
          { retryDelay: '34s' },
        ],
      },
    };
    expect(named({ 'retry-after': '34' }, body, at(6))).toBe(2 * HOUR_MS);
    const summer = Date.UTC(2026, 6, 1, 6);
    expect(named({}, body, summer)).toBe(HOUR_MS);
    const perMinute = JSON.stringify(body).replace('PerDay', 'PerMinute');
    expect(named({}, perMinute, at(6))).toBe(34_000);
  });

  it('is none where the text speaks of another pace', () => {
    for (const message of ['requests per minute', 'tokens per second', ''])
      expect(inText(message)).toBeUndefined();
  });
});

describe('facts', () => {
  const until = (status: number, message: string): number | undefined =>
    readAnswer({ status, headers: { 'retry-after': '7' }, body: JSON.stringify({ error: { message } }) }, NOW)
      .facts.until;

  it('hold a time where time heals', () => {
    expect(until(429, 'Rate limit reached')).toBe(NOW + 7_000);
    expect(until(429, 'You have run out of credits')).toBe(NOW + 7_000);
    expect(until(503, 'down')).toBe(NOW + 7_000);
  });

  it('hold none where it does not', () => {
    expect(until(401, 'Invalid API key')).toBeUndefined();
    expect(until(400, 'no')).toBeUndefined();
    expect(until(403, 'no')).toBeUndefined();
    expect(until(404, 'The model x does not exist')).toBeUndefined();
  });
});

it('a time named is whole, in the future and no more than eight days away, whatever the answer', () => {
  const texts = fc.constantFrom(
    'try again in',
    'reset at',
    'per day',
    'wait',
    '2026',
    '1h',
    '9',
    '|',
    '每日',
    '秒后',
  );
  const value = fc.oneof(fc.string(), fc.double(), fc.constantFrom('1767234600', '5s', iso(NOW + 1)));
  const field = fc.constantFrom(
    'retry_after',
    'resets_at',
    'retryDelay',
    'headers',
    'error',
    'seconds',
    'message',
  );
  const body = fc.oneof(
    fc.array(texts).map((parts) => parts.join(' ')),
    fc.dictionary(field, fc.oneof(value, fc.dictionary(field, value))).map((any) => JSON.stringify(any)),
  );
  const header = fc.constantFrom(
    'retry-after',
    'retry-after-ms',
    'x-ratelimit-reset',
    'x-ratelimit-remaining',
  );
  fc.assert(
    fc.property(fc.dictionary(header, value.map(String)), body, (headers, text) => {
      const ms = named(headers, text);
      if (ms === undefined) return;
      expect(Number.isInteger(ms)).toBe(true);
      expect(ms).toBeGreaterThan(0);
      expect(ms).toBeLessThanOrEqual(8 * DAY_MS);
    }),
  );
});

describe('a date', () => {
  const ahead = NOW + 90_500;
  it.each([
    ['2026-01-01T00:01:30.5Z', 90_500],
    ['2026-01-01 00:01:30.500000 UTC', 90_500],
    ['2026-01-01 at 00:01:30.5 gmt', 90_500],
    ['2026-01-01t00:01:30.5z', 90_500],
    ['2026-01-01T00:01Z', 60_000],
    ['2026-01-01T01:01:30.5+01:00', 90_500],
    ['2026-01-01T01:01:30.5+0100', 90_500],
    ['2025-12-31T18:31:30.5 -05:30', 90_500],
    [' 2026-01-01T00:01:30.5Z', undefined],
    ['2026-01-01T00:01:30.5Z ', 90_500],
    [new Date(ahead).toUTCString(), 90_000],
    ['Thursday, 01 Jan 2026 00:01:30 GMT', 90_000],
    ['2025-12-31T23:59Z', 0],
    ['on 2026-01-01T00:01Z', undefined],
    ['2026-01-01T00:01Z or so', undefined],
    ['2026-01-01T99:99Z', undefined],
    ['wait 60', undefined],
    ['', undefined],
  ])('%j is %s ms away', (text, ms) => {
    expect(untilDateMs(text, NOW)).toBe(ms);
  });

  it('without a zone is one of that zone', () => {
    expect(untilDateMs('2026-01-01 08:01', NOW, 8 * HOUR_MS)).toBe(60_000);
    expect(untilDateMs('2026-01-01 00:01Z', NOW, 8 * HOUR_MS)).toBe(60_000);
    expect(untilDateMs('2026-01-01 01:01+01:00', NOW, 8 * HOUR_MS)).toBe(60_000);
  });
});

it.each([
  ['1000000000', 999_999_990_000, 10_000],
  ['999999999999', 999_999_999_990_000, 9_000],
  ['1000000000000', 999_999_990_000, 10_000],
  ['31622400', NOW, 31_622_400_000],
  ['31622401', NOW, undefined],
  ['86400000000', NOW, undefined],
  ['2147483647', NOW, undefined],
  ['9999999999999', NOW, undefined],
  ['1767225660000000', NOW, undefined],
  ['1000000000000', 2e12, 0],
  ['', NOW, undefined],
  [' ', NOW, undefined],
  [undefined, NOW, undefined],
])('the duration %j at %i is %s ms', (text, now, ms) => {
  expect(durationMs(text, now)).toBe(ms);
});

it.each<[object, number | undefined]>([
  [{ retry_after_ms: 1500 }, 1_500],
  [{ retry_after_ms: 0 }, undefined],
  [{ retry_after_ms: -5 }, undefined],
  [{ retry_after: 3 }, 3_000],
  [{ retry_after: 0 }, undefined],
  [{ retry_after: [3] }, undefined],
  [{ retryDelay: { seconds: 2, nanos: 5e8 } }, 2_500],
  [{ retryDelay: { seconds: 0 } }, undefined],
  [{ reset_at: 1e9 - 1 }, undefined],
  [{ reset_at: NOW / 1000 + 60 }, 60_000],
  [{ reset_at: NOW / 1000 - 60 }, undefined],
  [{ a: { retry_after: 3 }, b: { retry_after: 5 }, c: { retry_after: 4 } }, 5_000],
  [{ a: [...Array.from({ length: 7 }, () => ({})), { retry_after: 3 }] }, 3_000],
  [{ a: [...Array.from({ length: 8 }, () => ({})), { retry_after: 3 }] }, undefined],
])('the fields %j name %s ms', (fields, ms) => {
  expect(named({}, { error: fields })).toBe(ms);
});
