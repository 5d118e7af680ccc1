import { BlockList, isIP, isIPv6 } from 'node:net';

const NEAR = new BlockList();
for (const [network, bits] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
  ['100.64.0.0', 10],
] as const) {
  NEAR.addSubnet(network, bits, 'ipv4');
}
NEAR.addAddress('::1', 'ipv6');
NEAR.addSubnet('fc00::', 7, 'ipv6');
NEAR.addSubnet('fe80::', 10, 'ipv6');

export interface ClientAddress {
  /** Who it is, as far as anybody can tell; never more than 45 characters. */
  readonly address: string;
  /** Who opened the connection. */
  readonly socketAddress: string;
}

export const UNKNOWN_ADDRESS: ClientAddress = { address: 'unknown', socketAddress: 'unknown' };

/**
 * The address of the connection. Only if that is this machine or a private network, where a reverse proxy would be, the last
 * address in X-Forwarded-For is taken instead: the one that this proxy has added itself; what stands before it, anybody may
 * have written.
 */
export function clientAddress(
  socketAddress: string | undefined,
  forwardedFor: string | undefined,
): ClientAddress {
  const own = plain(socketAddress ?? '');
  if (own === undefined) return UNKNOWN_ADDRESS;
  if (!isNear(own)) return { address: own, socketAddress: own };
  const forwarded = plain(forwardedFor?.split(',').at(-1) ?? '');
  return { address: forwarded ?? own, socketAddress: own };
}

/** Whom attempts are counted for: in IPv6 everybody has a whole network of 64 bits. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail = ''] = address.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === '' ? [] : tail.split(':');
  const zeros = address.includes('::')
    ? Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0')
    : [];
  return `${[...left, ...zeros, ...right].slice(0, 4).join(':')}::/64`;
}

function isNear(address: string): boolean {
  return NEAR.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

/** Without port, brackets, zone and the IPv6 way to write IPv4; undefined if it is no address. */
function plain(text: string): string | undefined {
  const bare = text.trim().replace(/^\[([^\]]*)\](:\d+)?$/, '$1');
  const withoutPort = /^\d+\.\d+\.\d+\.\d+:\d+$/.test(bare) ? bare.slice(0, bare.lastIndexOf(':')) : bare;
  const address = withoutPort.replace(/%.*$/, '').replace(/^::ffff:(?=\d+\.)/i, '');
  return isIP(address) === 0 ? undefined : address.toLowerCase();
}
