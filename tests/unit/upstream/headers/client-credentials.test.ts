import { describe, expect, it } from 'vitest';
import {
  presentedCredentials,
  withoutQueryCredentials,
} from '../../../../lib/upstream/headers/client-credentials';
import { upstreamRequestHeaders } from '../../../../lib/upstream/headers/request-headers';

const TOKEN = 'client-token-1';

function crossing(...headers: [string, string][]): string[] {
  return upstreamRequestHeaders(headers.flat(), 'sk-key', {});
}

describe("a client's token", () => {
  it.each([
    'Authorization',
    'X-Api-Key',
    'api-key',
    'x-goog-api-key',
    'Cookie',
    'Proxy-Authorization',
    'X-Forwarded-Access-Token',
  ])('never crosses in its own header %s', (name) => {
    expect(crossing([name, TOKEN]).join()).not.toContain(TOKEN);
  });

  it.each([
    ['Sec-WebSocket-Protocol', `realtime, openai-insecure-api-key.${TOKEN}`],
    ['X-Copy', TOKEN],
    ['X-Url', `https://example.com/?key=${TOKEN}`],
    ['Referer', 'https://example.com/?t=%63lient-token-1'],
    ['Referer', 'https://example.com/?t=%2563lient-token-1&%zz=%ff'],
    ['Sec-WebSocket-Protocol', `realtime, bearer.${Buffer.from(`u:${TOKEN}`).toString('base64url')}`],
    ['X-Auth', `Basic ${Buffer.from(`:${TOKEN}`).toString('base64')}`],
    [`X-${TOKEN.toUpperCase()}`, '1'],
  ])('never crosses in any other header: %s: %s', (name, value) => {
    expect(crossing(['Authorization', `Bearer ${TOKEN}`], [name, value], ['X-Other', 'kept'])).toEqual([
      'X-Other',
      'kept',
      'authorization',
      'Bearer sk-key',
      'accept-encoding',
      'identity',
    ]);
  });

  it('of a subprotocol never crosses, whatever it is', () => {
    expect(crossing(['Sec-WebSocket-Protocol', 'openai-insecure-api-key.abc']).join()).not.toContain('abc');
    expect(crossing(['Sec-WebSocket-Protocol', 'realtime'])).toContain('realtime');
  });

  it('of a few characters does not take other headers with it', () => {
    expect(crossing(['Authorization', 'Bearer text'], ['Accept', 'text/plain'])).toContain('text/plain');
  });

  it.each([
    ['/models?key=abc', '/models'],
    ['/models?a=1&KEY=abc&b=%20+', '/models?a=1&b=%20+'],
    ['/models?api_key=abc&access_token=d&api%5Fkey=e&x', '/models?x'],
    ['/realtime?Authorization=Bearer+abc&model=m', '/realtime?model=m'],
    [`/models?z=${TOKEN}&y=client%2Dtoken-1&limit=1`, '/models?limit=1'],
  ])('never crosses in a query: %s', (path, expected) => {
    expect(withoutQueryCredentials(path, presentedCredentials(['X-API-Key', TOKEN]))).toBe(expected);
  });

  it.each([
    TOKEN,
    `${TOKEN}=1`,
    `foo=%zz%63lient-token-1`,
    `foo=%ff%63lient-token-1`,
    `foo=%2563lient-token-1`,
    `%63lient-token-1`,
    `foo=${Buffer.from(`user:${TOKEN}`).toString('base64url')}`,
  ])('never crosses in a query, beside whatever else: %s', (parameter) => {
    expect(withoutQueryCredentials(`/models?a=%zz&${parameter}&b`, [TOKEN])).toBe('/models?a=%zz&b');
  });

  it('with percent signs of its own never crosses as it is, nor encoded', () => {
    const odd = 'tok+with/odd=chars%41';
    expect(withoutQueryCredentials(`/m?a=${odd}&b=${encodeURIComponent(odd)}&c`, [odd])).toBe('/m?c');
  });

  it.each(['/a', '/a?', '/a?&&b=%zz&=c&metadata[key]=d&keys=e'])('changes no path without it: %s', (path) => {
    expect(withoutQueryCredentials(path, [TOKEN])).toBe(path);
  });
});
