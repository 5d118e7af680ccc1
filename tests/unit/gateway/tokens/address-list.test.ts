import { expect, it } from 'vitest';
import { AddressList, isAddressOrNetwork } from '../../../../lib/gateway/tokens/address-list';

it.each([
  ['10.0.0.0/8', '10.255.0.1', true],
  ['10.0.0.0/8', '11.0.0.1', false],
  ['10.0.0.0/8', '::ffff:10.1.2.3', true],
  ['::ffff:10.0.0.0/104', '10.9.9.9', true],
  ['::ffff:10.0.0.1', '10.0.0.1', true],
  ['203.0.113.7', '203.0.113.7', true],
  ['203.0.113.7', '203.0.113.8', false],
  ['2001:db8::/32', '2001:db8:1::1', true],
  ['2001:db8::/32', '2001:db9::1', false],
  ['2001:DB8:0:0::1', '2001:db8::1', true],
  ['0.0.0.0/0', '198.51.100.1', true],
  ['0.0.0.0/0', '2001:db8::1', false],
  ['::/0', '2001:db8::1', true],
  ['10.0.0.0/8', 'unknown', false],
  ['10.0.0.0/8', '', false],
  ['nonsense', '10.0.0.1', false],
  ['10.0.0.0/33', '10.0.0.1', false],
])('%s has %s: %s', (range, address, has) => {
  expect(new AddressList([range]).has(address)).toBe(has);
});

it.each(['10.0.0.0/33', '10.0.0', '::1/129', '10.0.0.1/', 'a.b.c.d', '::ffff:1.2.3.4/8'])(
  '%s is no address and no network',
  (text) => expect(isAddressOrNetwork(text)).toBe(false),
);
