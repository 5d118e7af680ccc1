import { hash32After } from '../policies/hash';

/** Who goes out: a key, or whatever else is sent to a provider. */
export interface EgressUser {
  readonly keyId: string;
  /** The one proxy that it is pinned to, if any. */
  readonly egressId?: string | undefined;
}

export interface ProxiesBinding {
  readonly mode: 'proxies';
  readonly egressIds: readonly string[];
  /** True: a key keeps its proxy. False: a random one for each request. */
  readonly isSticky: boolean;
}

/** Which way a provider's requests go out. */
export type EgressBinding = { readonly mode: 'direct' } | ProxiesBinding;

export const DIRECT: EgressBinding = { mode: 'direct' };

/**
 * How strongly a key is drawn to a proxy: each key goes to the proxy with its highest score (rendezvous hashing),
 * so a proxy that comes or goes moves only the keys that go to it.
 */
export function rendezvousScore(keyId: string, egressId: string): number {
  return drawsOf(keyId)(egressId);
}

/** The same for one key and many proxies. */
export function drawsOf(keyId: string): (egressId: string) => number {
  return hash32After(`${keyId} `);
}
