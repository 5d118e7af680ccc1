import type { EgressBinding } from '../../../lib/balancer/egress/binding';
import type { EgressState } from '../../../lib/balancer/egress/state';
import { Egresses } from '../../../lib/balancer/egress/egresses';
import { Pool, type PoolConfig } from '../../../lib/balancer/pool';
import type { Outcome } from '../../../lib/balancer/verdict';
import { EventLog, keyConfig, poolConfig, SeededRandom } from './support';

export const bindTo = (egressIds: string, isSticky = true): EgressBinding => ({
  mode: 'proxies',
  egressIds: [...egressIds],
  isSticky,
});

/** One letter for each proxy. */
export function egressesOf(egressIds: string, events = new EventLog()): Egresses {
  const egresses = new Egresses(new SeededRandom(), events);
  configure(egresses, egressIds);
  return egresses;
}

export function configure(egresses: Egresses, egressIds: string): void {
  egresses.configure(
    [...egressIds].map((egressId) => ({
      egressId,
      url: `http://user:SECRET@${egressId}.example:1`,
      hint: `http://user:***@${egressId}.example:1`,
    })),
    () => undefined,
  );
}

export function egressOf(egresses: Egresses, egressId: string): EgressState {
  const egress = egresses.get(egressId);
  if (egress === undefined) throw new Error(`no proxy ${egressId}`);
  return egress;
}

/** A pool of so many keys behind these proxies. */
export function poolBehind(
  egressIds: string,
  keys: number,
  over: Partial<PoolConfig> = {},
): { readonly pool: Pool; readonly egresses: Egresses; readonly events: EventLog } {
  const events = new EventLog();
  const egresses = egressesOf(egressIds, events);
  const config = poolConfig({ egress: bindTo(egressIds), ...over });
  const pool = new Pool(config, new SeededRandom(), events, egresses);
  pool.setKeys(
    Array.from({ length: keys }, (_, i) => keyConfig(`k${i}`)),
    () => undefined,
  );
  return { pool, egresses, events };
}

export const PROXY_DOWN: Outcome = { kind: 'dial_failed', at: 'egress', message: 'connection refused' };
