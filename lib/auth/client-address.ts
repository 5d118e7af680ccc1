import ipaddr from 'ipaddr.js';

/** Where a reverse proxy would be: this machine and private networks. */
const NEAR: ReadonlySet<string> = new Set([
  'loopback',
  'private',
  'linkLocal',
  'uniqueLocal',
  'carrierGradeNat',
]);

export interface ClientAddress {
  /** The client's address, as far as it can be known; at most 45 characters. */
  readonly address: string;
  /** The peer of the connection. */
  readonly socketAddress: string;
}

export const UNKNOWN_ADDRESS: ClientAddress = { address: 'unknown', socketAddress: 'unknown' };

/**
 * The address of the connection. Only if that is this machine or a private network, where a reverse proxy would be, the
 * last address in X-Forwarded-For is taken instead: the one that this proxy has added itself; what stands before it,
 * anybody may have written.
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
  return ipaddr.IPv6.isValid(address)
    ? `${ipaddr.IPv6.networkAddressFromCIDR(`${address}/64`).toRFC5952String()}/64`
    : address;
}

function isNear(address: string): boolean {
  return NEAR.has(ipaddr.parse(address).range());
}

/** Without port, brackets, zone and the IPv6 way to write IPv4; undefined if it is no address. */
function plain(text: string): string | undefined {
  const bare = text.trim().replace(/^\[([^\]]*)\](:\d+)?$/, '$1');
  const withoutPort = /^\d+\.\d+\.\d+\.\d+:\d+$/.test(bare) ? bare.slice(0, bare.lastIndexOf(':')) : bare;
  const address = withoutPort.replace(/%.*$/, '');
  if (ipaddr.IPv4.isValidFourPartDecimal(address)) return address;
  if (!ipaddr.IPv6.isValid(address)) return undefined;
  const parsed = ipaddr.IPv6.parse(address);
  return parsed.isIPv4MappedAddress() ? parsed.toIPv4Address().toString() : parsed.toRFC5952String();
}
