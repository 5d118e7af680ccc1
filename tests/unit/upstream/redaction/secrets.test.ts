import { describe, expect, it } from 'vitest';
import { secretsOf } from '../../../../lib/upstream/redaction/secrets';

const key = { secret: 'sk-the-secret-key', hint: 'sk-...key' };

function valuesOf(customHeaders: Record<string, string>, egressUrl?: string): string[] {
  const secrets = secretsOf({ key, baseUrl: 'https://api.example.com/v1', customHeaders, egressUrl });
  return secrets.map(({ value }) => value).filter((value) => value !== key.secret);
}

it('the key is one, with its hint, unless it is so short that it would be found in any text', () => {
  const of = (secret: string) => secretsOf({ key: { secret, hint: 'h' }, baseUrl: '', customHeaders: {} });
  expect(of('sk-1234')).toEqual([{ value: 'sk-1234', hint: 'h', isInBase64: true }]);
  expect(of('sk-12')).toEqual([]);
  expect(of('')).toEqual([]);
});

describe('a header of a provider', () => {
  it.each<[string, string, string[]]>([
    ['Authorization', 'Bearer abc-def-1', ['abc-def-1']],
    ['Authorization', 'Basic dXNlcjpwYXNzd29yZA==', ['dXNlcjpwYXNzd29yZA==', 'user:password', 'password']],
    ['X-Api-Secret', 'open sesame', ['sesame']],
    ['api-key', '0123456789', ['0123456789']],
    ['X-Auth-Token', 'letters-only', ['letters-only']],
    ['Cookie', 'session=abcdef; theme=dark; sid=012345', ['abcdef', '012345']],
    ['X-Tenant', '3f2a9c8b7d6e5f4a', ['3f2a9c8b7d6e5f4a']],
    ['X-Pass', 'correct-horse-battery', ['correct-horse-battery']],
    ['X-Pass', 'sesame', ['sesame']],
    ['X-Team', 'acme-internal-gateway-pass', ['acme-internal-gateway-pass']],
    ['X-Hook', 'https://hooks.example.com/T0/B1', ['https://hooks.example.com/T0/B1']],
  ])('is one if its name or its look says so: %s: %s', (name, value, expected) => {
    expect(valuesOf({ [name]: value })).toEqual(expected);
  });

  it.each([
    ['X-Author', 'Some Company'],
    ['X-Model', 'claude-3-5-sonnet-20241022'],
    ['HTTP-Referer', 'https://example.com/a1b2c3d4e5f6a7b8'],
    ['OpenAI-Organization', 'org-a1b2c3d4e5f6a7b8'],
    ['Accept', 'application/json'],
    ['X-Token', 'short'],
    ['X-Stage', 'production'],
    ['X-Debug', 'true'],
    ['X-Shard', 'eu-1234'],
    ['X-Api-Version', '2024-10-21'],
  ])('is none if it only says who asks for what: %s: %s', (name, value) => {
    expect(valuesOf({ [name]: value })).toEqual([]);
  });
});

it('a long value of a header is looked for in base64 too, as a key is', () => {
  const customHeaders = { 'X-Pass': 'correct-horse-battery', 'X-Token': 'of-a-few' };
  const found = secretsOf({ key, baseUrl: '', customHeaders });
  expect(found.filter(({ isInBase64 }) => isInBase64).map(({ value }) => value)).toEqual([
    key.secret,
    'correct-horse-battery',
  ]);
});

it('the password of a proxy is one, as it is and with its user; the user alone is none', () => {
  expect(valuesOf({}, 'socks5://customer:p%40ssword@proxy:1080')).toEqual([
    'p@ssword',
    'customer:p@ssword',
    Buffer.from('customer:p@ssword').toString('base64'),
  ]);
  expect(valuesOf({}, 'http://customer:pw@proxy:1080')).toEqual([
    'customer:pw',
    Buffer.from('customer:pw').toString('base64'),
  ]);
  expect(valuesOf({}, 'http://customer@proxy:1080')).toEqual([]);
  expect(valuesOf({}, 'http://proxy:1080')).toEqual([]);
});
