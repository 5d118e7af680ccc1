import { expect, it } from 'vitest';
import { geminiBalance } from '../../../../lib/moving-in/sources/gemini-balance';
import { sourceOf } from '../../../support/moving-in';

it('takes keys, tokens and policy of gemini-balance, with the addresses that serve them', () => {
  const plan = geminiBalance.read(sourceOf(geminiBalance, 'gemini-balance.sql'));
  expect(plan.providers).toMatchObject([
    {
      slug: 'gemini',
      baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai',
      auth: 'x-goog-api-key',
      headers: { 'X-Team': 'g' },
      maxFailures: 10,
      maxRetries: 3,
      timeoutSeconds: 300,
      testModel: 'gemini-2.5-flash-lite',
      proxies: ['socks5://u:pw@10.1.1.1:1080'],
      keys: [
        { value: 'AIzaSyTEST-aaaaaaaaaaaaaaaaaaaaaaaaaaaaa1' },
        { value: 'AIzaSyTEST-aaaaaaaaaaaaaaaaaaaaaaaaaaaaa2' },
      ],
    },
    { slug: 'vertex-express', keys: [{ value: 'AQ.TestVertex1' }] },
  ]);
  expect(plan.routes[0]).toEqual({
    name: 'gemini-*',
    targets: [{ provider: '1', model: null, weight: 1, tier: 1 }],
    on: ['unavailable'],
  });
  expect(plan.tokens).toMatchObject([{ value: 'sk-test-gb-client', isEnabled: true }]);
  expect(plan.remarks.flatMap(({ items }) => items)).toContain('FILTERED_MODELS');
  expect(JSON.stringify(plan.remarks)).not.toMatch(/AIza|sk-test/);
});

it('lets the database win over .env, except where it says nothing', () => {
  const environment = { API_KEYS: 'AIzaOfTheEnv', VERTEX_API_KEYS: '', MAX_FAILURES: '4' };
  const also = "UPDATE t_settings SET value = '[]' WHERE key = 'API_KEYS';";
  const plan = geminiBalance.read(sourceOf(geminiBalance, 'gemini-balance.sql', { environment, also }));
  expect(plan.providers[0]).toMatchObject({ maxFailures: 10, keys: [{ value: 'AIzaOfTheEnv' }] });
});

it('tells of settings that cannot be read, without a word of them', () => {
  const environment = {
    API_KEYS: '["AIzaGood"]',
    VERTEX_API_KEYS: '["AQ.secret-1", "AQ.secret-2"',
    CUSTOM_HEADERS: '{"X-Key": "secret-3"',
    MAX_RETRIES: 'secret-4',
    MAX_FAILURES: '-3',
    TIME_OUT: '1e99',
  };
  const plan = geminiBalance.read(sourceOf(geminiBalance, undefined, { environment }));
  expect(plan.providers).toMatchObject([
    {
      maxRetries: null,
      maxFailures: null,
      timeoutSeconds: 86_400,
      headers: {},
      keys: [{ value: 'AIzaGood' }],
    },
  ]);
  expect(plan.remarks.map(({ text, items }) => `${text}: ${items.join()}`)).toEqual([
    'setting left out: it is no JSON object: CUSTOM_HEADERS',
    'time-out in seconds is 86400 here, which is the most: Gemini',
    'number of failures left out: it is none from 1 to 1000: Gemini',
    'number of retries left out: it is none from 0 to 100: Gemini',
    'setting left out: it is no JSON list: VERTEX_API_KEYS',
    expect.stringContaining('clients ask /v1'),
  ]);
  expect(JSON.stringify(plan.remarks)).not.toContain('secret');
});
