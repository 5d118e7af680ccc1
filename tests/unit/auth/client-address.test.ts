import { expect, it } from 'vitest';
import { clientAddress, networkOf } from '../../../lib/auth/client-address';

const addressOf = (socket: string | undefined, forwarded?: string) =>
  clientAddress(socket, forwarded).address;

it('is the address of the connection, whatever a stranger writes into X-Forwarded-For', () => {
  expect(addressOf('203.0.113.7')).toBe('203.0.113.7');
  expect(addressOf('203.0.113.7', '198.51.100.1')).toBe('203.0.113.7');
  expect(addressOf('2001:db8::7', '198.51.100.1')).toBe('2001:db8::7');
});

it.each([
  '127.0.0.1',
  '::1',
  '::ffff:127.0.0.1',
  '10.1.2.3',
  '172.17.0.1',
  '192.168.1.1',
  'fd00::1',
  '100.64.0.9',
])('is what a reverse proxy at %s has added itself: the last address', (socket) => {
  expect(addressOf(socket, '198.51.100.1')).toBe('198.51.100.1');
  expect(addressOf(socket, 'made-up, 1.1.1.1, 198.51.100.1')).toBe('198.51.100.1');
});

it('is the connection itself where a proxy says nothing that is an address', () => {
  for (const forwarded of [undefined, '', 'unknown', 'x'.repeat(1000), '1.2.3.4, nonsense']) {
    expect(addressOf('127.0.0.1', forwarded)).toBe('127.0.0.1');
  }
});

it('understands ports, brackets and zones', () => {
  expect(addressOf('127.0.0.1', '198.51.100.1:443')).toBe('198.51.100.1');
  expect(addressOf('127.0.0.1', '[2001:DB8::1]:443')).toBe('2001:db8::1');
  expect(addressOf('fe80::1%eth0', '198.51.100.1')).toBe('198.51.100.1');
});

it('is one and the same for all of whom nothing is known', () => {
  expect(addressOf(undefined)).toBe('unknown');
  expect(addressOf('')).toBe('unknown');
});

it('counts a whole network of 64 bits as one in IPv6', () => {
  expect(networkOf('2001:db8:1:2::5')).toBe(networkOf('2001:db8:1:2:ffff::9'));
  expect(networkOf('2001:db8:1:2::5')).not.toBe(networkOf('2001:db8:1:3::5'));
  expect(networkOf('203.0.113.7')).toBe('203.0.113.7');
});
