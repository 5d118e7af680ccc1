import { describe, expect, it } from 'vitest';
import { presentedCredentials, withoutQueryCredentials } from '../../../lib/upstream/client-credentials';
import { upstreamRequestHeaders } from '../../../lib/upstream/request-headers';

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
    [`/models?z=${TOKEN}&y=client%2Dtoken-1&limit=1`, '/models?limit=1'],
  ])('never crosses in a query: %s', (path, expected) => {
    expect(withoutQueryCredentials(path, presentedCredentials(['X-API-Key', TOKEN]))).toBe(expected);
  });

  it.each(['/a', '/a?', '/a?&&b=%zz&=c&metadata[key]=d&keys=e'])('changes no path without it: %s', (path) => {
    expect(withoutQueryCredentials(path, [TOKEN])).toBe(path);
  });
});
