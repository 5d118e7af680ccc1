import { expect, it } from 'vitest';
import { asksForEncoding, upstreamRequestHeaders } from '../../../../lib/upstream/headers/request-headers';

const OWN = ['authorization', 'Bearer sk-key', 'accept-encoding', 'identity'];

it('what the client sends passes in its order and spelling; ours comes behind, and the provider last', () => {
  const sent = ['X-B', '1', 'x-a', '2', 'X-b', '3'];
  expect(upstreamRequestHeaders(sent, 'sk-key', { 'X-Own': 'o', 'a-own': 'p' })).toEqual([
    ...sent,
    ...OWN,
    'X-Own',
    'o',
    'a-own',
    'p',
  ]);
});

it('a header of the provider takes the place of every one of that name, however it is spelt', () => {
  const sent = ['X-Team', 'a', 'x-team', 'b', 'X-TEAM', 'c', 'x-teams', 'd'];
  expect(upstreamRequestHeaders(sent, 'sk-key', { 'x-Team': 'ours' })).toEqual([
    'x-teams',
    'd',
    ...OWN,
    'x-Team',
    'ours',
  ]);
});

it.each(['Authorization', 'Accept-Encoding'])(
  'a provider that sets %s gets its own and no second',
  (name) => {
    const headers = upstreamRequestHeaders(['accept-encoding', 'br'], 'sk-key', { [name]: 'its own' });
    const values = headers.filter((_, at) => headers[at - 1]?.toLowerCase() === name.toLowerCase());
    expect(values).toEqual(['its own']);
  },
);

it.each([
  'Host',
  'Cookie',
  'Via',
  'X-Forwarded-For',
  'CF-Ray',
  'X-Request-Id',
  'OpenAI-Project',
  'TE',
  'Upgrade',
])('what is between the client and us stays here, unless the provider sets it: %s', (name) => {
  expect(upstreamRequestHeaders([name, 'v'], 'sk-key', {})).toEqual(OWN);
  expect(upstreamRequestHeaders([name, 'v'], 'sk-key', { [name]: 'p' })).toEqual([...OWN, name, 'p']);
});

it('what Connection names ends here, and only that', () => {
  const sent = ['Connection', 'close, X-Hop', 'x-hop', '1', 'x-on', '2'];
  expect(upstreamRequestHeaders(sent, 'sk-key', {})).toEqual(['x-on', '2', ...OWN]);
});

it('what tells how to read the body goes on with it, whatever Connection says', () => {
  const sent = [
    'Connection',
    'content-type, Content-Encoding',
    'Content-Type',
    'a/b',
    'content-encoding',
    'br',
  ];
  expect(upstreamRequestHeaders(sent, 'sk-key', {})).toEqual([...sent.slice(2), ...OWN]);
});

it("the client's token crosses in no header, wherever it is repeated, before or behind", () => {
  const sent = [
    'x-copy',
    'is client-secret-1',
    'X-Api-Key',
    'client-secret-1',
    'x-later',
    'client-secret-1',
    'x',
    'y',
  ];
  expect(upstreamRequestHeaders(sent, 'sk-key', {})).toEqual(['x', 'y', ...OWN]);
});

it('encoded answers are asked for by the provider alone', () => {
  expect(asksForEncoding({ 'ACCEPT-Encoding': 'gzip' })).toBe(true);
  expect(asksForEncoding({ accept: 'gzip' })).toBe(false);
});

it('the key stands where the provider wants it, and nowhere else', () => {
  const place = { in: 'header', name: 'x-auth', prefix: '' } as const;
  const sent = ['X-Auth', 'of the client', 'x-a', '1'];
  expect(upstreamRequestHeaders(sent, 'sk-key', {}, place)).toEqual([
    ...['x-a', '1'],
    ...['x-auth', 'sk-key'],
    ...['accept-encoding', 'identity'],
  ]);
  expect(upstreamRequestHeaders([], 'sk-key', {}, { in: 'query', name: 'key' })).toEqual([
    'accept-encoding',
    'identity',
  ]);
});

it("Anthropic's way names a version of its API where nobody does", () => {
  const place = { in: 'header', name: 'x-api-key', prefix: '' } as const;
  const versions = (sent: string[], custom = {}) =>
    upstreamRequestHeaders(sent, 'sk-key', custom, place).filter((text) => /^20\d\d-/.test(text));
  expect(versions([])).toEqual(['2023-06-01']);
  expect(versions(['Anthropic-Version', '2024-01-01'])).toEqual(['2024-01-01']);
  expect(versions([], { 'Anthropic-Version': '2025-01-01' })).toEqual(['2025-01-01']);
});

it('what the client has presented in the query crosses in no header', () => {
  const sent = ['x-copy', 'client-secret-1', 'x', 'y'];
  expect(upstreamRequestHeaders(sent, 'sk-key', {}, undefined, ['client-secret-1'])).toEqual([
    'x',
    'y',
    ...OWN,
  ]);
});
