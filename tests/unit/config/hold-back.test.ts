import { describe, expect, it } from 'vitest';
import { holdBack } from '../../../lib/config/hold-back';

const provider = (path: string, keys: string[]) => ({
  name: path,
  path,
  base_url: 'https://api.example/v1',
  api_keys: keys,
});

describe('acts at once', () => {
  it.each([
    ['what is new', {}, { AUTH_TOKEN: 'sk-admin' }],
    ['what is different', { MAX_FAILURES: '5' }, { MAX_FAILURES: '7' }],
    ['a list that is longer', { API_KEYS: 'a,b' }, { API_KEYS: 'a,b,c' }],
    ['another item in a list', { API_KEYS: 'a,b' }, { API_KEYS: 'a,c' }],
    ['another text of the same list', { API_KEYS: 'a,b' }, { API_KEYS: '["a","b"]' }],
    ['a start-only setting that is gone', { PORT: '1' }, {}],
    ['a name that is no setting', { SOMETHING: '1' }, {}],
  ])('%s', (_what, before, after) => {
    expect(holdBack(before, after)).toEqual({ values: after, names: [], takesAway: false });
  });
});

describe('waits', () => {
  it.each<[string, Record<string, string>, Record<string, string>, string]>([
    ['a variable that is gone', { AUTH_TOKEN: 'sk-admin' }, {}, 'AUTH_TOKEN'],
    ['a variable that is empty', { AUTH_TOKEN: 'sk-admin' }, { AUTH_TOKEN: '' }, 'AUTH_TOKEN'],
    ['the beginning of the former text', { AUTH_TOKEN: 'sk-admin' }, { AUTH_TOKEN: 'sk-ad' }, 'AUTH_TOKEN'],
    ['a list with fewer items', { ALLOWED_TOKENS: 'a,b' }, { ALLOWED_TOKENS: 'b' }, 'ALLOWED_TOKENS'],
    [
      'headers without one',
      { CUSTOM_HEADERS: '{"a":"1","b":"2"}' },
      { CUSTOM_HEADERS: '{"b":"2"}' },
      'CUSTOM_HEADERS',
    ],
    [
      'a provider with fewer keys',
      { PROVIDERS_CONFIG: JSON.stringify([provider('x', ['a', 'b'])]) },
      { PROVIDERS_CONFIG: JSON.stringify([provider('x', ['c'])]) },
      'PROVIDERS_CONFIG',
    ],
  ])('%s', (_what, before, after, name) => {
    expect(holdBack(before, after)).toEqual({ values: before, names: [name], takesAway: true });
  });

  it('all that says which keys go to which address, when more of the file may come', () => {
    const before = { BASE_URL: 'https://old.example/v1', MAX_FAILURES: '5' };
    const after = { BASE_URL: 'https://old.example/v1', API_KEYS: 'sk-new', MAX_FAILURES: '7' };
    expect(holdBack(before, after, true)).toEqual({
      values: { ...before, MAX_FAILURES: '7' },
      names: ['API_KEYS'],
      takesAway: false,
    });
  });

  it('what says where keys go, as long as the keys wait, so that no old key goes to a new address', () => {
    const before = { API_KEYS: 'a,b', BASE_URL: 'https://old.example/v1', MAX_FAILURES: '5' };
    const after = { API_KEYS: 'c', BASE_URL: 'https://new.example/v1', MAX_FAILURES: '7' };
    const held = holdBack(before, after);
    expect(held.values).toEqual({ ...before, MAX_FAILURES: '7' });
    expect([...held.names].sort()).toEqual(['API_KEYS', 'BASE_URL']);
  });
});
