import ipaddr from 'ipaddr.js';

interface Range {
  readonly network: ipaddr.IPv4 | ipaddr.IPv6;
  readonly bits: number;
}

/** Addresses and networks, `10.0.0.0/8` or `2001:db8::/32`, of both kinds. What is none of them is in no list. */
export class AddressList {
  readonly #ranges: readonly Range[];

  constructor(texts: readonly string[]) {
    this.#ranges = texts.flatMap((text) => rangeOf(text) ?? []);
  }

  /** `address` as an address is written; IPv4 may stand in IPv6's way to write it. */
  has(address: string): boolean {
    if (!ipaddr.isValid(address)) return false;
    const parsed = ipaddr.process(address);
    return this.#ranges.some(
      ({ network, bits }) => network.kind() === parsed.kind() && parsed.match([network, bits] as never),
    );
  }
}

/** Whether that is an address or a network. */
export const isAddressOrNetwork = (text: string): boolean => rangeOf(text) !== undefined;

/** Undefined for what is neither an address nor a network. */
function rangeOf(text: string): Range | undefined {
  const [address = '', bits] = text.trim().split('/');
  const isFour = ipaddr.IPv4.isValidFourPartDecimal(address);
  if (!isFour && !ipaddr.IPv6.isValid(address)) return undefined;
  if (bits !== undefined && !/^\d{1,3}$/.test(bits)) return undefined;
  const written = ipaddr.parse(address);
  const parsed = ipaddr.process(address);
  // ::ffff:10.0.0.0/104 is 10.0.0.0/8.
  const mapped = written.kind() === parsed.kind() ? 0 : 96;
  const all = parsed.kind() === 'ipv4' ? 32 : 128;
  const length = bits === undefined ? all : Number(bits) - mapped;
  return length < 0 || length > all ? undefined : { network: parsed, bits: length };
}
