import { hash32 } from '../hash';

/** Which way a provider's requests go out. */
export type EgressBinding =
  | { readonly mode: 'direct' }
  | {
      readonly mode: 'proxies';
      readonly egressIds: readonly string[];
      /** True: a key keeps its proxy. False: a random one for each request. */
      readonly isSticky: boolean;
    };

export const DIRECT: EgressBinding = { mode: 'direct' };

/**
 * How strongly a key is drawn to a proxy: each key goes to the proxy with its highest score (rendezvous hashing), so a
 * proxy that comes or goes moves only the keys that go to it.
 */
export function rendezvousScore(keyId: string, egressId: string): number {
  return hash32(`${keyId} ${egressId}`);
}
