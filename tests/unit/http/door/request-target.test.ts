import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { flawOf } from '../../../../lib/http/door/request-target';

interface Told {
  readonly url: string;
  readonly httpVersion?: string;
  readonly rawHeaders?: string[];
  readonly headers?: Record<string, string>;
}

function requestOf({ url, httpVersion = '1.1', rawHeaders = ['Host', 'here'], headers = {} }: Told) {
  return {
    url,
    httpVersion,
    rawHeaders,
    headers: { host: 'here', ...headers },
  } as unknown as IncomingMessage;
}

describe('a request has one path', () => {
  it.each([
    ['/v1/models?x=//y', '/v1/models?x=//y', 'here'],
    ['//v1/models', '/v1/models', 'here'],
    ['///', '/', 'here'],
    ['//evil.example/x', '/evil.example/x', 'here'],
    ['http://there/v1/models?a=1', '/v1/models?a=1', 'there'],
    ['HTTPS://there:8443/v1//x', '/v1//x', 'there:8443'],
    ['http://there', '/', 'there'],
    ['http://there?a=1', '/?a=1', 'there'],
    ['http://there//v1/x', '/v1/x', 'there'],
  ])('%s is %s at %s', (url, path, host) => {
    const req = requestOf({ url });
    expect(flawOf(req)).toBeUndefined();
    expect([req.url, req.headers.host]).toEqual([path, host]);
  });

  it.each([
    '*',
    '',
    'v1/models',
    'there:443',
    'ftp://there/x',
    'http:///x',
    'http://user:word@there/x',
    'http://',
  ])('%j is none', (url) => {
    expect(flawOf(requestOf({ url }))?.message).toBe('The request names no path.');
  });
});

describe('a request has one host', () => {
  it('two are a flaw, alike or not, and in any case', () => {
    for (const rawHeaders of [
      ['Host', 'a', 'Host', 'b'],
      ['host', 'a', 'x', 'y', 'HOST', 'a'],
    ]) {
      expect(flawOf(requestOf({ url: '/', rawHeaders }))?.message).toBe(
        'The request names more than one host.',
      );
    }
  });

  it('none is a flaw in HTTP/1.1 only', () => {
    expect(flawOf(requestOf({ url: '/', rawHeaders: ['x', 'host'] }))?.message).toBe(
      'The request names no host.',
    );
    expect(flawOf(requestOf({ url: '/', rawHeaders: [], httpVersion: '1.0' }))).toBeUndefined();
  });
});

it.each(['a b', '', 'a:b:c', '[::', '%', 'a:99999'])('%j is no host', (host) => {
  expect(flawOf(requestOf({ url: '/v1/models', headers: { host } }))?.message).toBe('The host is none.');
});

it('a request has one length', () => {
  const headers = { 'content-length': '3', 'transfer-encoding': 'chunked' };
  expect(flawOf(requestOf({ url: '/', headers }))?.message).toBe(
    'The request has both a length and a transfer encoding.',
  );
});

it.each([
  ['gzip, chunked', '1.1', 501, 'unsupported_transfer_encoding'],
  ['gzip', '1.0', 501, 'unsupported_transfer_encoding'],
  ['chunked', '1.0', 400, 'malformed_request'],
])(
  'a body comes in a form that is understood, and %s in HTTP/%s is none',
  (coding, httpVersion, status, code) => {
    const headers = { 'transfer-encoding': coding };
    expect(flawOf(requestOf({ url: '/', headers, httpVersion }))).toMatchObject({ status, code });
    const plain = { 'transfer-encoding': 'Chunked' };
    expect(flawOf(requestOf({ url: '/', headers: plain }))).toBeUndefined();
  },
);

it.each(['0.9', '2.0', '1.2'])('HTTP/%s is not spoken', (httpVersion) => {
  expect(flawOf(requestOf({ url: '/', httpVersion }))).toMatchObject({
    status: 505,
    code: 'http_version_not_supported',
  });
});
