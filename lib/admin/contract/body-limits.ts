import type { EndpointName } from './addresses';

const MB = 2 ** 20;

/** A body of the admin API, unless its endpoint takes whole lists: 1 MB. */
export const BODY_BYTES_MAX = MB;

const OF_LISTS: Readonly<Partial<Record<EndpointName, number>>> = {
  // A text of 16 MB, with room for its escapes.
  'keys.import': 20 * MB,
  // Room for 100,000 ids.
  'keys.bulk': 8 * MB,
  'keys.exportSelected': 8 * MB,
  // A text of a million characters, with room for its escapes.
  'proxies.create': 4 * MB,
  'routes.replace': 8 * MB,
  // API_KEYS may hold as many keys as an import.
  'settings.update': 20 * MB,
  'tokens.import': 4 * MB,
  'tokens.previewImport': 4 * MB,
  // About 15 MB of a file in base64.
  'installation.move-in': 20 * MB,
};

/** What the body of an endpoint may weigh, in bytes. The door asks before anything of the contract is loaded. */
export function bodyBytesMaxOf(name: EndpointName): number {
  return OF_LISTS[name] ?? BODY_BYTES_MAX;
}
