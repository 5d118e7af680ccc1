import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SeenLimit } from '../../../../lib/balancer/limits/seen-limits';
import type { HeaderRecord } from '../../../../lib/balancer/ports';
import { seenLimits } from '../../../../lib/openai/limits/seen-limits';

const NOW = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const headersIn = (text: string): HeaderRecord =>
  Object.fromEntries(
    text
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/:\s(.*)/) as [string, string]),
  );
/** Without how long one takes to come back, which has tests of its own. */
const seen = (text: string, now = NOW) =>
  seenLimits(headersIn(text), now)?.map((limit) => ({ ...limit, unitMs: undefined }));

describe('recorded headers', () => {
  it('of OpenAI, 2025-11-16: by the minute, as the resets show', () => {
    const limits = seen(`
      date: Sun, 16 Nov 2025 13:05:04 GMT
      openai-organization: user-j2dlcmauhfkzofrqjehceoc7
      x-ratelimit-limit-requests: 5000
      x-ratelimit-limit-tokens: 800000
      x-ratelimit-remaining-requests: 4999
      x-ratelimit-remaining-tokens: 799986
      x-ratelimit-reset-requests: 12ms
      x-ratelimit-reset-tokens: 1ms`);
    expect(limits).toEqual([
      { of: 'requests', spanMs: MINUTE, limit: 5_000, remaining: 4_999, resetAt: NOW + 12 },
      { of: 'tokens', spanMs: MINUTE, limit: 800_000, remaining: 799_986, resetAt: NOW + 1 },
    ]);
  });

  it('of OpenAI, 2025-11-12: no reset where nothing has to be waited for', () => {
    const limits = seen(`
      date: Wed, 12 Nov 2025 17:40:06 GMT
      x-ratelimit-limit-requests: 30000
      x-ratelimit-limit-tokens: 150000000
      x-ratelimit-remaining-requests: 29999
      x-ratelimit-remaining-tokens: 149999990
      x-ratelimit-reset-requests: 2ms
      x-ratelimit-reset-tokens: 0s`);
    expect(limits).toEqual([
      { of: 'requests', spanMs: MINUTE, limit: 30_000, remaining: 29_999, resetAt: NOW + 2 },
      { of: 'tokens', spanMs: MINUTE, limit: 150_000_000, remaining: 149_999_990 },
    ]);
  });

  it('of Groq, 2025-11-16: requests by the day, tokens by the minute', () => {
    const limits = seen(`
      date: Sun, 16 Nov 2025 13:02:44 GMT
      x-groq-region: fra
      x-ratelimit-limit-requests: 500000
      x-ratelimit-limit-tokens: 250000
      x-ratelimit-remaining-requests: 499999
      x-ratelimit-remaining-tokens: 249969
      x-ratelimit-reset-requests: 172.799999ms
      x-ratelimit-reset-tokens: 7.44ms`);
    expect(limits).toEqual([
      { of: 'requests', spanMs: DAY, limit: 500_000, remaining: 499_999, resetAt: NOW + 173 },
      { of: 'tokens', spanMs: MINUTE, limit: 250_000, remaining: 249_969, resetAt: NOW + 8 },
    ]);
  });

  it('of Groq, 2026: the spans show without its region', () => {
    const limits = seen(`
      x-ratelimit-limit-requests: 1000
      x-ratelimit-limit-tokens: 8000
      x-ratelimit-remaining-requests: 998
      x-ratelimit-remaining-tokens: 7927
      x-ratelimit-reset-requests: 2m52.8s
      x-ratelimit-reset-tokens: 547ms`);
    expect(limits).toEqual([
      { of: 'requests', spanMs: DAY, limit: 1_000, remaining: 998, resetAt: NOW + 172_800 },
      { of: 'tokens', spanMs: MINUTE, limit: 8_000, remaining: 7_927, resetAt: NOW + 547 },
    ]);
  });

  it('of Mistral, 2025-08-21: the spans stand in the names, and the cost is no limit', () => {
    const limits = seen(`
      date: Thu, 21 Aug 2025 12:41:10 GMT
      x-ratelimit-limit-tokens-minute: 2000000
      x-ratelimit-remaining-tokens-minute: 1999932
      x-ratelimit-limit-tokens-month: 10000000000
      x-ratelimit-remaining-tokens-month: 9999999932
      x-ratelimit-tokens-query-cost: 68`);
    expect(limits).toEqual([
      { of: 'tokens', spanMs: MINUTE, limit: 2_000_000, remaining: 1_999_932 },
      { of: 'tokens', spanMs: 30 * DAY, limit: 10_000_000_000, remaining: 9_999_999_932 },
    ]);
  });

  it('of Mistral, 2026: its short word for requests', () => {
    const limits = seen(`
      x-ratelimit-limit-req-minute: 50
      x-ratelimit-remaining-req-minute: 49`);
    expect(limits).toEqual([{ of: 'requests', spanMs: MINUTE, limit: 50, remaining: 49 }]);
  });

  it('of Mistral, 2024: tokens "by size"', () => {
    const limits = seen(`
      ratelimitbysize-limit: 500000
      ratelimitbysize-remaining: 499900
      ratelimitbysize-reset: 28`);
    expect(limits).toEqual([{ of: 'tokens', limit: 500_000, remaining: 499_900, resetAt: NOW + 28_000 }]);
  });

  it('of Anthropic, 2025-08-21: of tokens those of both together, whose reset is past', () => {
    const answeredAt = Date.UTC(2025, 7, 21, 12, 41, 0);
    const limits = seen(
      `
      date: Thu, 21 Aug 2025 12:41:00 GMT
      anthropic-ratelimit-input-tokens-limit: 80000
      anthropic-ratelimit-input-tokens-remaining: 80000
      anthropic-ratelimit-input-tokens-reset: 2025-08-21T12:40:59Z
      anthropic-ratelimit-output-tokens-limit: 16000
      anthropic-ratelimit-output-tokens-remaining: 16000
      anthropic-ratelimit-output-tokens-reset: 2025-08-21T12:41:00Z
      anthropic-ratelimit-requests-limit: 1000
      anthropic-ratelimit-requests-remaining: 999
      anthropic-ratelimit-requests-reset: 2025-08-21T12:40:59Z
      anthropic-ratelimit-tokens-limit: 96000
      anthropic-ratelimit-tokens-remaining: 96000
      anthropic-ratelimit-tokens-reset: 2025-08-21T12:40:59Z`,
      answeredAt,
    );
    expect(limits).toEqual([
      { of: 'requests', spanMs: MINUTE, limit: 1_000, remaining: 999 },
      { of: 'tokens', spanMs: MINUTE, limit: 96_000, remaining: 96_000 },
    ]);
  });

  it('of Azure, 2026-08-31: the span in seconds', () => {
    const limits = seen(`
      retry-after: 1
      x-ratelimit-limit-requests: 5
      x-ratelimit-limit-tokens: 5000
      x-ratelimit-remaining-requests: 4
      x-ratelimit-remaining-tokens: 0
      x-ratelimit-renewalperiod-requests: 60
      x-ratelimit-renewalperiod-tokens: 60
      x-ratelimit-reset-requests: 12
      x-ratelimit-reset-tokens: 0
      x-ratelimit-type: Tokens`);
    expect(limits).toEqual([
      { of: 'requests', spanMs: MINUTE, limit: 5, remaining: 4, resetAt: NOW + 12_000 },
      { of: 'tokens', spanMs: MINUTE, limit: 5_000, remaining: 0, resetAt: NOW + 1_000 },
    ]);
  });

  it('of Azure before: what is left, and no more', () => {
    const limits = seen(`
      x-ratelimit-remaining-requests: 299
      x-ratelimit-remaining-tokens: 49984`);
    expect(limits).toEqual([
      { of: 'requests', remaining: 299 },
      { of: 'tokens', remaining: 49_984 },
    ]);
  });

  it('of GitHub Models, 2026', () => {
    const limits = seen(`
      x-ratelimit-limit-requests: 20000
      x-ratelimit-remaining-requests: 19999
      x-ratelimit-renewalperiod-requests: 60
      x-ratelimit-reset-requests: 3
      x-ratelimit-timeremaining: 55`);
    expect(limits).toEqual([
      { of: 'requests', spanMs: MINUTE, limit: 20_000, remaining: 19_999, resetAt: NOW + 3_000 },
    ]);
  });

  it('of Cerebras, 2026: several spans of one kind, resets in seconds', () => {
    const limits = seen(`
      x-ratelimit-limit-tokens-minute: 131072
      x-ratelimit-remaining-tokens-minute: 120000
      x-ratelimit-reset-tokens-minute: 45.5
      x-ratelimit-limit-tokens-day: 1000000
      x-ratelimit-remaining-tokens-day: 900000
      x-ratelimit-limit-requests-hour: 150
      x-ratelimit-remaining-requests-hour: 140
      x-ratelimit-limit-requests-day: 1000
      x-ratelimit-remaining-requests-day: 950
      x-ratelimit-reset-requests-day: 33011.382867`);
    expect(limits).toEqual([
      { of: 'tokens', spanMs: MINUTE, limit: 131_072, remaining: 120_000, resetAt: NOW + 45_500 },
      { of: 'tokens', spanMs: DAY, limit: 1_000_000, remaining: 900_000 },
      { of: 'requests', spanMs: HOUR, limit: 150, remaining: 140 },
      { of: 'requests', spanMs: DAY, limit: 1_000, remaining: 950, resetAt: NOW + 33_011_383 },
    ]);
  });

  it('of OpenRouter, 2026-10-02: milliseconds since the epoch', () => {
    const now = 1_790_985_600_000 - HOUR;
    const limits = seen(
      `
      x-ratelimit-limit: 50
      x-ratelimit-remaining: 0
      x-ratelimit-reset: 1790985600000`,
      now,
    );
    expect(limits).toEqual([{ of: 'requests', limit: 50, remaining: 0, resetAt: 1_790_985_600_000 }]);
  });

  it('of Together, 2026: tokens under a name of their own', () => {
    const limits = seen(`
      x-ratelimit-limit: 100
      x-ratelimit-remaining: 99
      x-ratelimit-reset: 1
      x-tokenlimit-limit: 30000
      x-tokenlimit-remaining: 29000`);
    expect(limits).toEqual([
      { of: 'requests', limit: 100, remaining: 99, resetAt: NOW + 1_000 },
      { of: 'tokens', limit: 30_000, remaining: 29_000 },
    ]);
  });

  it('of Fireworks, 2026: those of the request, as nothing else is said of tokens', () => {
    const limits = seen(`
      x-ratelimit-limit-requests: 600
      x-ratelimit-remaining-requests: 599
      x-ratelimit-over-limit: no
      x-ratelimit-limit-tokens-prompt: 11250000
      x-ratelimit-remaining-tokens-prompt: 11249000
      x-ratelimit-limit-tokens-generated: 216000
      x-ratelimit-remaining-tokens-generated: 215000`);
    expect(limits).toEqual([
      { of: 'requests', limit: 600, remaining: 599 },
      { of: 'tokens', limit: 11_250_000, remaining: 11_249_000 },
    ]);
  });

  it('of OpenAI, 2026: a project that may use less than its organisation', () => {
    const limits = seen(`
      x-ratelimit-limit-tokens: 800000
      x-ratelimit-remaining-tokens: 790000
      x-ratelimit-reset-tokens: 750ms
      x-ratelimit-limit-project-tokens: 60000
      x-ratelimit-remaining-project-tokens: 57000
      x-ratelimit-reset-project-tokens: 3s`);
    expect(limits).toEqual([
      { of: 'tokens', spanMs: MINUTE, limit: 60_000, remaining: 57_000, resetAt: NOW + 3_000 },
    ]);
  });

  it('of Qianfan, 2025: of tokens those of the request, as long as the answer has some left', () => {
    const limits = seen(`
      x-ratelimit-limit-requests: 60
      x-ratelimit-limit-input-tokens: 10000
      x-ratelimit-limit-output-tokens: 5000
      x-ratelimit-remaining-requests: 59
      x-ratelimit-remaining-input-tokens: 9000
      x-ratelimit-remaining-output-tokens: 4000`);
    expect(limits).toEqual([
      { of: 'requests', limit: 60, remaining: 59 },
      { of: 'tokens', limit: 10_000, remaining: 9_000 },
    ]);
  });

  it('of SambaNova, 2026: epochs in seconds', () => {
    const limits = seen(`
      x-ratelimit-limit-requests: 20
      x-ratelimit-remaining-requests: 19
      x-ratelimit-reset-requests: ${NOW / 1000 + 30}
      x-ratelimit-limit-requests-day: 12000
      x-ratelimit-remaining-requests-day: 11999
      x-ratelimit-reset-requests-day: ${NOW / 1000 + 7200}`);
    expect(limits).toEqual([
      { of: 'requests', limit: 20, remaining: 19, resetAt: NOW + 30_000 },
      { of: 'requests', spanMs: DAY, limit: 12_000, remaining: 11_999, resetAt: NOW + 2 * HOUR },
    ]);
  });

  it('of xAI, 2026: no resets', () => {
    const limits = seen(`
      x-ratelimit-limit-requests: 480
      x-ratelimit-limit-tokens: 2000000
      x-ratelimit-remaining-requests: 479
      x-ratelimit-remaining-tokens: 1999000`);
    expect(limits).toEqual([
      { of: 'requests', limit: 480, remaining: 479 },
      { of: 'tokens', limit: 2_000_000, remaining: 1_999_000 },
    ]);
  });

  it('of Hugging Face, 2026: the draft with named policies', () => {
    const limits = seen(`
      ratelimit: "api";r=499;t=120
      ratelimit-policy: "fixed window";"api";q=500;w=300`);
    expect(limits).toEqual([
      { of: 'requests', spanMs: 300_000, limit: 500, remaining: 499, resetAt: NOW + 120_000 },
    ]);
  });
});

describe('the drafts of the IETF', () => {
  it('of three headers', () => {
    const limits = seen(`
      ratelimit-limit: 100
      ratelimit-remaining: 50
      ratelimit-reset: 20`);
    expect(limits).toEqual([{ of: 'requests', limit: 100, remaining: 50, resetAt: NOW + 20_000 }]);
  });

  it('of three headers with policies: the first limit is meant', () => {
    const limits = seen(`
      x-ratelimit-limit: 20, 5;w=1, 20;w=60
      x-ratelimit-remaining: 19
      x-ratelimit-reset: 32`);
    expect(limits).toEqual([
      { of: 'requests', spanMs: MINUTE, limit: 20, remaining: 19, resetAt: NOW + 32_000 },
    ]);
  });

  it('of one header with fields', () => {
    const limits = seen(`
      ratelimit: limit=100, remaining=0, reset=5
      ratelimit-policy: 100;w=60`);
    expect(limits).toEqual([
      { of: 'requests', spanMs: MINUTE, limit: 100, remaining: 0, resetAt: NOW + 5_000 },
    ]);
  });

  it('beside headers of other names', () => {
    const limits = seen(`
      ratelimit: "day";r=900
      x-ratelimit-remaining-tokens: 70`);
    expect(limits).toEqual([
      { of: 'tokens', remaining: 70 },
      { of: 'requests', remaining: 900 },
    ]);
  });

  it('of named policies, of requests and tokens, but not of bytes', () => {
    const limits = seen(`
      ratelimit: "burst";r=3;t=2, "day";r=900;t=7200, "size";r=5, "tokens";r=7
      ratelimit-policy: "burst";q=5;w=10, "day";q=1000;w=86400, "size";q=9;qu="content-bytes", "tokens";q=8;w=60`);
    expect(limits).toEqual([
      { of: 'requests', spanMs: 10_000, limit: 5, remaining: 3, resetAt: NOW + 2_000 },
      { of: 'requests', spanMs: DAY, limit: 1_000, remaining: 900, resetAt: NOW + 2 * HOUR },
      { of: 'tokens', spanMs: MINUTE, limit: 8, remaining: 7 },
    ]);
  });
});

describe('limits of the request or the answer alone', () => {
  it('are told once they are used up, without their number, which is not one of all tokens', () => {
    const limits = seen(`
      anthropic-ratelimit-tokens-limit: 96000
      anthropic-ratelimit-tokens-remaining: 70000
      anthropic-ratelimit-output-tokens-limit: 16000
      anthropic-ratelimit-output-tokens-remaining: 0
      anthropic-ratelimit-output-tokens-reset: ${new Date(NOW + 41_000).toISOString()}`);
    expect(limits).toEqual([{ of: 'tokens', spanMs: MINUTE, remaining: 0, resetAt: NOW + 41_000 }]);
  });
});

it('tells the one with the least left of several limits for the same span', () => {
  const limits = seen(`
    x-ratelimit-limit-tokens-minute: 5000
    x-ratelimit-remaining-tokens-minute: 4000
    x-ratelimit-limit-project-tokens-minute: 3000
    x-ratelimit-remaining-project-tokens-minute: 2000
    x-ratelimit-limit-usage-tokens-minute: 9000`);
  expect(limits).toEqual([{ of: 'tokens', spanMs: MINUTE, limit: 3_000, remaining: 2_000 }]);
});

describe('times', () => {
  it('of a sender whose clock is wrong are read by its clock', () => {
    const wrong = NOW - 10 * MINUTE;
    const limits = seen(`
      date: ${new Date(wrong).toUTCString()}
      x-ratelimit-remaining: 0
      x-ratelimit-reset: ${wrong + 5_000}`);
    expect(limits).toEqual([{ of: 'requests', remaining: 0, resetAt: NOW + 5_000 }]);
  });

  it.each(['-3', '0', 'soon', '', 'NaN', '1e9', '99999999', '2020-01-01T00:00:00Z', String(NOW - 1)])(
    'such as %j are ignored, and the rest is told',
    (reset) => {
      const headers = { 'x-ratelimit-remaining-requests': '3', 'x-ratelimit-reset-requests': reset };
      expect(seenLimits(headers, NOW)).toEqual([{ of: 'requests', remaining: 3 }]);
    },
  );

  it.each([
    ['1d2h', 26 * HOUR],
    ['26h', 26 * HOUR],
    ['26h0m0.5s', 26 * HOUR + 500],
    ['100000s', 100_000_000],
    ['7d', 7 * DAY],
    [String((NOW + 3 * DAY) / 1000), 3 * DAY],
    [String(NOW + 3 * DAY), 3 * DAY],
    [new Date(NOW + 6 * DAY).toISOString(), 6 * DAY],
    ['9d', undefined],
    ['100000', undefined],
    [String(NOW + 9 * DAY), undefined],
  ])('such as %j are believed as far as no other unit can be meant', (reset, ms) => {
    const headers = { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': reset };
    const resetAt = seenLimits(headers, NOW)?.[0]?.resetAt;
    expect(resetAt).toBe(ms === undefined ? undefined : NOW + ms);
  });

  it('of a month may be far off', () => {
    const headers = {
      'x-ratelimit-remaining-tokens-month': '0',
      'x-ratelimit-reset-tokens-month': String((20 * DAY) / 1000),
    };
    expect(seenLimits(headers, NOW)).toMatchObject([{ resetAt: NOW + 20 * DAY }]);
  });

  it.each([
    ['12ms', '5000', '4999', MINUTE],
    ['720ms', '5000', '4999', HOUR],
    ['7m12s', '200', '199', DAY],
    ['2m59.56s', '14400', '14370', DAY],
    ['37.856s', '30000', '11072', MINUTE],
    // In a window that all of a sudden is whole again, it would be a coincidence.
    ['30', '100', '50', undefined],
    ['45s', '100', '99', undefined],
    ['1s', '100', '100', undefined],
  ])('of a reset of %s, with %s of which %s are left, tell the span', (reset, limit, remaining, spanMs) => {
    const headers = {
      'x-ratelimit-limit-requests': limit,
      'x-ratelimit-remaining-requests': remaining,
      'x-ratelimit-reset-requests': reset,
    };
    expect(seenLimits(headers, NOW)?.[0]?.spanMs).toBe(spanMs);
  });

  it.each([
    // Nothing is left of 20, and 0.95 of one is back already.
    ['57.15s', '20', '0', 3_000],
    ['1m0s', '20', '0', 3_000],
    ['57s', '20', '0', 3_000],
    ['27.5s', '20', '10', 3_000],
    ['12ms', '5000', '4999', 12],
    ['56s', '20', '0', undefined],
    ['31s', '20', '10', undefined],
    ['57', '20', '0', undefined],
  ])('of a reset of %s, with %s of which %s are left, tell how long one takes to come back', (...told) => {
    const [reset, limit, remaining, unitMs] = told;
    const headers = {
      'x-ratelimit-limit-requests': limit,
      'x-ratelimit-remaining-requests': remaining,
      'x-ratelimit-reset-requests': reset,
    };
    expect(seenLimits(headers, NOW)?.[0]?.unitMs).toBe(unitMs);
  });
});

describe('nonsense', () => {
  it.each(['-1', '', 'many', 'NaN', '1e5', '9223372036854775807', '10, 20', '0x10', '1.2.3', 'Infinity'])(
    '%j is no count',
    (count) => {
      const headers = { 'x-ratelimit-limit-requests': count, 'x-ratelimit-remaining-tokens': count };
      expect(seenLimits(headers, NOW)).toBeUndefined();
    },
  );

  it('of several values is none', () => {
    expect(seenLimits({ 'x-ratelimit-remaining': ['1', '2'] }, NOW)).toBeUndefined();
  });

  it('is a limit of nothing, and no more is left than there is', () => {
    const headers = {
      'x-ratelimit-limit-requests': '0',
      'x-ratelimit-remaining-requests': '4',
      'x-ratelimit-limit-tokens': '10',
      'x-ratelimit-remaining-tokens': '15',
    };
    expect(seenLimits(headers, NOW)).toEqual([{ of: 'tokens', limit: 10, remaining: 10 }]);
  });

  it.each([
    'x-ratelimit-remaining-images',
    'x-ratelimit-remaining-requests-tokens',
    'x-ratelimit-limit-remaining',
    'x-ratelimit-used',
    'x-ratelimit',
    'anthropic-ratelimit-unified-remaining',
    'x-ratelimitless-remaining',
  ])('%s is not known', (name) => {
    expect(seenLimits({ [name]: '5' }, NOW)).toBeUndefined();
  });

  it('of many names is read so far, and of endless ones not at all', () => {
    const names = Array.from(
      { length: 17 },
      (_, index) => `x-ratelimit-remaining${'-cache'.repeat(index / 2)}`,
    );
    const headers = Object.fromEntries(
      names.map((name, index) => [index % 2 === 0 ? name : `${name}-usage`, String(100 - index)]),
    );
    const most = { ...headers, [`x-ratelimit-remaining${'-cache'.repeat(20)}`]: '1' };
    expect(seenLimits(most, NOW)).toEqual([{ of: 'requests', remaining: 85 }]);
  });

  it('never throws, and what is told makes sense', () => {
    const name = fc.oneof(
      fc.constantFrom('ratelimit', 'ratelimit-policy', 'x-groq-region', 'date'),
      fc
        .tuple(
          fc.constantFrom('x-ratelimit-', 'anthropic-ratelimit-', 'ratelimit-', 'x-tokenlimit-'),
          fc.array(fc.constantFrom('limit', 'remaining', 'reset', 'requests', 'tokens', 'input', 'day', '')),
        )
        .map(([prefix, words]) => prefix + words.join('-')),
    );
    const value = fc.oneof(
      fc.string(),
      fc.integer().map(String),
      fc.constantFrom('12ms', '1m0s', '"a";r=1;t=2', '1, 1;w=5', '2026-01-01T00:00:09Z'),
      fc.array(fc.string()),
    );
    fc.assert(
      fc.property(fc.dictionary(name, value), (headers) => {
        for (const { limit = 1, remaining = 0, resetAt, spanMs = 1 } of seenLimits(headers, NOW) ?? []) {
          expect([limit, remaining, spanMs].every(Number.isFinite)).toBe(true);
          expect(limit).toBeGreaterThan(0);
          expect(remaining).toBeGreaterThanOrEqual(0);
          expect(spanMs).toBeGreaterThan(0);
          if (resetAt !== undefined) expect(resetAt).toBeGreaterThan(NOW);
        }
      }),
    );
  });
});

it('says nothing of an answer without such headers', () => {
  const headers = { date: 'x', 'x-request-id': '1', 'retry-after': '5', 'anthropic-organization-id': 'a' };
  expect(seenLimits(headers, NOW) satisfies readonly SeenLimit[] | undefined).toBeUndefined();
});

it.each([
  ['-1', '100', 0],
  ['-12345', '100', 0],
  ['-1', '-1', undefined],
  ['-1', undefined, undefined],
])('of %s left of %s says %s', (remaining, limit, left) => {
  const headers = {
    'x-ratelimit-remaining-requests': remaining,
    'x-ratelimit-reset-requests': '20s',
    ...(limit !== undefined && { 'x-ratelimit-limit-requests': limit }),
  };
  expect(seenLimits(headers, NOW)?.[0]?.remaining).toBe(left);
});

it.each<[Record<string, string>, number | undefined]>([
  [{ 'retry-after': '20' }, 20_000],
  [{ 'retry-after-ms': '20500' }, 20_500],
  [{ 'x-ratelimit-renewalperiod-requests': '20' }, 20_000],
  [{ 'retry-after': '7', 'x-ratelimit-reset-requests': '20s' }, 20_000],
  [{}, undefined],
])('of none left with %j says when there will be', (headers, ms) => {
  const seen = seenLimits({ 'x-ratelimit-remaining-requests': '0', ...headers }, NOW);
  expect(seen?.[0]?.resetAt).toBe(ms === undefined ? undefined : NOW + ms);
});

it('of some left believes no word about when to come back', () => {
  const headers = { 'x-ratelimit-remaining-requests': '3', 'retry-after': '20' };
  expect(seenLimits(headers, NOW)?.[0]?.resetAt).toBeUndefined();
});
