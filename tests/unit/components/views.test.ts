import { describe, expect, test } from 'vitest';
import { chartTicks } from '../../../components/charts/chart-ticks';
import { helloTo, snippetOf } from '../../../components/connect/snippets';
import { keyFilterOf, keysHref, keyViewDefaults } from '../../../components/keys/key-view';
import { safeNext } from '../../../components/login/safe-next';
import { logFilterOf, logViewDefaults } from '../../../components/logs/log-view';
import { draftOf, emptyProvider } from '../../../components/providers/provider-draft';
import { errorAt } from '../../../components/shared/error-at';
import type { SettingItem } from '../../../lib/admin/contract/settings';
import { isFound, shownValue, withDraft } from '../../../components/settings/setting-value';

describe('the way back after signing in', () => {
  test.each([
    ['/keys?status=cooling', '/keys?status=cooling'],
    [undefined, '/'],
    ['https://elsewhere.invalid', '/'],
    ['//elsewhere.invalid', '/'],
    ['/\\elsewhere.invalid', '/'],
    ['/\t/elsewhere.invalid', '/'],
    ['javascript:alert(1)', '/'],
    [['/a', '/b'], '/'],
  ])('%s leads to %s', (next, path) => expect(safeNext(next)).toBe(path));
});

test('a view of keys becomes the filter of the API, numbers as numbers', () => {
  const view = { ...keyViewDefaults, status: 'cooling', minFailures: '2', errorStatus: '0' };
  expect(keyFilterOf(view)).toEqual({ status: 'cooling', minFailures: 2, errorStatus: 0 });
  expect(keysHref({ provider: 'groq', status: '' })).toBe('/keys?provider=groq');
  expect(keysHref({})).toBe('/keys');
});

test('a filter by time stays the same within a minute', () => {
  const view = { ...logViewDefaults, since: '1h' };
  expect(logFilterOf(view, 7_200_001)).toEqual(logFilterOf(view, 7_259_999));
  expect(logFilterOf(view, 7_200_001)).toEqual({ from: 3_600_000 });
});

test('the log of errors is never asked for a client token, which it does not know', () => {
  const view = { ...logViewDefaults, token: 'sk-a...b' };
  expect(logFilterOf(view, 0)).toEqual({ token: 'sk-a...b' });
  expect(logFilterOf({ ...view, tab: 'errors' }, 0)).toEqual({});
});

describe('a provider form', () => {
  test('means "as the setting says" by what is empty, and leaves the slug to the server', () => {
    const draft = draftOf({ ...emptyProvider, name: 'Groq', baseUrl: 'https://api.groq.com/openai/v1' });
    expect(draft).toMatchObject({ timeoutSeconds: null, testModel: null, egress: { mode: 'shared' } });
    expect(draft).not.toHaveProperty('slug');
  });

  test('drops headers without a name', () => {
    const headers = [
      { name: ' X-Title ', value: 'a' },
      { name: ' ', value: 'b' },
    ];
    expect(draftOf({ ...emptyProvider, headers }).customHeaders).toEqual({ 'X-Title': 'a' });
  });

  test('shows the error of a part at its field', () => {
    expect(errorAt({ 'customHeaders.X-A': 'is not a header' }, 'customHeaders')).toBe('is not a header');
    expect(errorAt({ name: 'must not be empty' }, 'slug')).toBeUndefined();
  });
});

describe('a draft of settings', () => {
  const item = {
    name: 'MAX_RETRIES',
    group: 'Balancing',
    description: 'Further attempts after the first',
    value: 5,
    default: 3,
    source: 'dashboard',
    isSecret: false,
  } as SettingItem;

  test('holds only what differs', () => {
    const draft = withDraft({}, item, '7');
    expect(draft).toEqual({ MAX_RETRIES: '7' });
    expect(withDraft(draft, item, '5')).toEqual({});
  });

  test('null is the default, which is shown before it is saved', () => {
    const draft = withDraft({}, item, null);
    expect(shownValue(item, draft)).toBe('3');
    expect(withDraft({}, { ...item, source: 'default', value: 3 }, null)).toEqual({});
  });

  test('a secret that is emptied is a change, because what it was is not known here', () => {
    const secret = { ...item, name: 'AUTH_TOKEN', isSecret: true, value: null };
    expect(withDraft({}, secret, '')).toEqual({ AUTH_TOKEN: '' });
  });

  test('lists are shown by the line, objects as JSON', () => {
    expect(shownValue({ ...item, value: ['a', 'b'] }, {})).toBe('a\nb');
    expect(shownValue({ ...item, value: { a: '1' } }, {})).toBe('{\n  "a": "1"\n}');
  });

  test('is found by any of its words', () => {
    expect(isFound(item, '', 'further RETRIES')).toBe(true);
    expect(isFound(item, '重试次数', '重试')).toBe(true);
    expect(isFound(item, '', 'proxy')).toBe(false);
  });
});

describe('labels below a chart', () => {
  const clock = (at: number) => new Date(at).toISOString().slice(11, 16);
  const points = (count: number, bucketMs: number) =>
    Array.from({ length: count }, (_, index) => ({ at: Date.UTC(2026, 0, 1, 10, 0) + index * bucketMs }));

  test('stand at round times', () => {
    const hour = chartTicks(points(60, 60_000), 60_000, clock).map(clock);
    expect(hour).toEqual(['10:00', '10:10', '10:20', '10:30', '10:40', '10:50']);
    const day = chartTicks(points(96, 900_000), 900_000, clock).map(clock);
    expect(day).toEqual(['12:00', '15:00', '18:00', '21:00', '00:00', '03:00', '06:00', '09:00']);
    const week = chartTicks(points(168, 3_600_000), 3_600_000, clock);
    expect(week).toHaveLength(7);
    expect(week.every((at) => clock(at) === '00:00')).toBe(true);
  });
});

test('snippets quote what would end a string', () => {
  const input = { baseUrl: 'http://h/v1', token: `a'b"c`, body: helloTo('m'), isStream: false };
  expect(snippetOf('python', input)).toContain(`api_key="a'b\\"c"`);
  expect(snippetOf('curl', input)).toContain(`'Authorization: Bearer a'\\''b"c'`);
});
