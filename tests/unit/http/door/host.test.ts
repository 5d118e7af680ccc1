import { describe, expect, it } from 'vitest';
import { isHost, tidyForwarded } from '../../../../lib/http/door/host';

describe('a host is a name or an address, with a port or without', () => {
  it.each([
    'x',
    'a_b.example',
    'localhost:3000',
    '127.0.0.1:1',
    '[::1]',
    '[::1]:65535',
    'xn--bcher-kva.example',
  ])('%s', (host) => expect(isHost(host)).toBe(true));

  it.each([
    '',
    'a b',
    'a:b:c',
    '[::',
    '[::1',
    '%',
    'a:99999',
    ':80',
    'a@b',
    'a?b',
    'a#b',
    'x/../y',
    'a\\b',
    'é',
  ])('not %j', (host) => expect(isHost(host)).toBe(false));
});

it('of what a proxy tells, the first word counts, and only if it can be true', () => {
  const headers = {
    'x-forwarded-host': 'here.example, there.example',
    'x-forwarded-proto': 'https,http',
    'x-forwarded-port': '443',
  };
  tidyForwarded(headers);
  expect(headers).toEqual({
    'x-forwarded-host': 'here.example',
    'x-forwarded-proto': 'https',
    'x-forwarded-port': '443',
  });
  const odd = {
    'x-forwarded-host': 'a b',
    'x-forwarded-proto': 'javascript',
    'x-forwarded-port': 'zz',
    x: 'y',
  };
  tidyForwarded(odd);
  expect(odd).toEqual({ x: 'y' });
});
