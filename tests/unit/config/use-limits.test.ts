import { describe, expect, it } from 'vitest';
import { parseSetting, serializeSetting } from '../../../lib/config/settings';
import { limitsOf, tidyLimits } from '../../../lib/config/values/use-limits';

const parse = (entry: object) =>
  parseSetting(
    'PROVIDERS_CONFIG',
    JSON.stringify([{ name: 'A', base_url: 'https://a.example/v1', ...entry }]),
  );

const read = (entry: object) => {
  const parsed = parse(entry);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.value;
};

const refusal = (entry: object) => {
  const parsed = parse(entry);
  if (parsed.ok) throw new Error('was accepted');
  return parsed.message;
};

const full = {
  requests_per_minute: 60,
  tokens_per_minute: 90_000,
  requests_per_day: 1_000,
  tokens_per_day: 2_000_000,
  concurrency: 4,
  models: { 'gpt-4o': { requests_per_minute: 5 }, constructor: { tokens_per_day: 7 } },
  day_resets_at: { time: '00:30', zone: 'America/Los_Angeles' },
};

describe('limits in PROVIDERS_CONFIG', () => {
  it('are those of the provider and of single keys, and account groups keys', () => {
    const api_keys = ['sk-1', { key: 'sk-2', weight: 2, limits: { concurrency: 1 }, account: ' team a ' }];
    expect(read({ limits: full, api_keys })).toMatchObject([
      {
        limits: full,
        api_keys: [
          { value: 'sk-1', weight: 1 },
          { value: 'sk-2', weight: 2, limits: { concurrency: 1 }, account: 'team a' },
        ],
      },
    ]);
  });

  it('are the same when their canonical text is read', () => {
    const value = read({
      limits: full,
      api_keys: ['sk-1', { key: 'sk-2', account: 'a' }, { key: 'sk-3', limits: full, weight: 3 }],
    });
    const again = parseSetting('PROVIDERS_CONFIG', serializeSetting('PROVIDERS_CONFIG', value));
    expect(again).toMatchObject({ ok: true, value });
  });

  it('take null and empty text as not set, and midnight unless a time is given', () => {
    const limits = {
      requests_per_minute: null,
      concurrency: 2,
      models: { a: null },
      day_resets_at: { zone: 'UTC', time: '' },
    };
    const [provider] = read({ limits, api_keys: [{ key: 'sk-1', account: ' ', limits: null }] });
    expect(limitsOf(provider?.limits ?? {})).toStrictEqual({
      concurrency: 2,
      dayResetsAt: { time: '00:00', zone: 'UTC' },
    });
    expect(provider?.api_keys).toStrictEqual([{ value: 'sk-1', weight: 1 }]);
  });

  it.each<[string, object, string]>([
    ['zero', { requests_per_minute: 0 }, '.requests_per_minute: must be a whole number from 1 to'],
    ['a negative number', { tokens_per_day: -1 }, '.tokens_per_day: must be a whole number from 1 to'],
    ['a fraction', { concurrency: 1.5 }, '.concurrency: must be a whole number from 1 to'],
    ['text', { requests_per_day: '60' }, '.requests_per_day: must be a whole number from 1 to'],
    ['more than counts safely', { tokens_per_minute: 1e13 }, '.tokens_per_minute: must be a whole number'],
    ['a number for an object', { models: 5 }, '.models: must be an object of models and their limits'],
    ['a mistyped field', { requests_per_min: 5 }, '.requests_per_min: is not a known field; allowed are req'],
    ['a mistyped field of a model', { models: { m: { rpm: 5 } } }, '.models.m.rpm: is not a known field'],
    ['limits of a day for a model', { models: { m: { day_resets_at: {} } } }, 'is not a known field'],
    [
      'a bad value of a model',
      { models: { m: { concurrency: 0 } } },
      '.models.m.concurrency: must be a whole',
    ],
    [
      'a model without a name',
      { models: { '': { concurrency: 1 } } },
      '.models: has a model whose name is not',
    ],
    ['a model of two lines', { models: { 'a\nb': { concurrency: 1 } } }, '.models: has a model whose name'],
    [
      'a time of 24 hours',
      { day_resets_at: { time: '24:00', zone: 'UTC' } },
      '.time: must be hours and minutes',
    ],
    ['a time without a zero', { day_resets_at: { time: '7:00', zone: 'UTC' } }, '.time: must be hours'],
    ['an unknown zone', { day_resets_at: { zone: 'Mars/Base' } }, '.zone: must be an IANA time zone'],
    ['an offset as a zone', { day_resets_at: { zone: '+08:00' } }, '.zone: must be an IANA time zone'],
    ['no zone', { day_resets_at: { time: '07:00' } }, '.zone: is missing'],
    [
      'an unknown field of the day',
      { day_resets_at: { zone: 'UTC', hour: 1 } },
      '.hour: is not a known field; allowed are time, zone',
    ],
  ])('refuse %s, for a provider and for a key alike', (_, limits, message) => {
    expect(refusal({ limits })).toMatch(/^PROVIDERS_CONFIG\[0]\.limits/);
    expect(refusal({ limits })).toContain(message);
    const ofKey = refusal({ api_keys: [{ key: 'sk-secret-key', limits }] });
    expect(ofKey).toMatch(/^PROVIDERS_CONFIG\[0]\.api_keys\[0]\.limits/);
    expect(ofKey).toContain(message);
    expect(ofKey).not.toContain('sk-secret-key');
  });

  it('refuse a number that is none', () => {
    const text = '[{"name":"A","base_url":"https://a.example","limits":{"concurrency":NaN}}]';
    expect(parseSetting('PROVIDERS_CONFIG', text)).toMatchObject({ ok: false });
    expect(refusal({ limits: { concurrency: Number.NaN, requests_per_minute: 0 } })).toContain(
      'requests_per_minute',
    );
  });

  it('show what was refused, which is no secret', () => {
    expect(refusal({ api_keys: [{ key: 'sk-1', limits: { concurrency: 0 } }] })).toContain('got 0');
    expect(refusal({ limits: { day_resets_at: { zone: 'Mars' } } })).toContain('got "Mars"');
  });

  it('refuse more than a hundred models, and an account that is too long or no text', () => {
    const models = Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`m${n}`, { concurrency: 1 }]));
    expect(refusal({ limits: { models } })).toContain('.models: must be 100 models at most');
    expect(refusal({ api_keys: [{ key: 'sk-1', account: 'x'.repeat(192) }] })).toContain(
      '.account: must be 191 characters at most',
    );
    expect(refusal({ api_keys: [{ key: 'sk-1', account: 5 }] })).toContain('.account: must be text');
  });

  it('refuse __proto__ as the name of a model, and give no object another prototype', () => {
    const text =
      '[{"name":"A","base_url":"https://a.example","limits":{"models":{"__proto__":{"concurrency":1}}}}]';
    expect(parseSetting('PROVIDERS_CONFIG', text)).toMatchObject({
      ok: false,
      message: expect.stringContaining('.models: has a model with a name that is not allowed') as string,
    });
    expect(({} as { concurrency?: number }).concurrency).toBeUndefined();
  });
});

describe('tidied limits', () => {
  it('are in the words of the program', () => {
    expect(limitsOf(full)).toEqual({
      requestsPerMinute: 60,
      tokensPerMinute: 90_000,
      requestsPerDay: 1_000,
      tokensPerDay: 2_000_000,
      concurrency: 4,
      models: { 'gpt-4o': { requestsPerMinute: 5 }, constructor: { tokensPerDay: 7 } },
      dayResetsAt: { time: '00:30', zone: 'America/Los_Angeles' },
    });
  });

  it('read the same whatever order they were written in', () => {
    const one = tidyLimits({ concurrency: 1, requestsPerMinute: 2, models: {} });
    expect(JSON.stringify(one)).toBe('{"requestsPerMinute":2,"concurrency":1}');
  });

  it('are none if nothing is limited', () => {
    expect(limitsOf({})).toBeUndefined();
    expect(tidyLimits({ models: { a: {} }, concurrency: undefined })).toBeUndefined();
  });
});
