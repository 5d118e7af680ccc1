import type { Egresses } from '../../../lib/balancer/egress/egresses';
import { Pool, type PoolConfig } from '../../../lib/balancer/pool/pool';
import { bindTo, egressesOf } from './egress/support';
import { EventLog, keyConfig, poolConfig, SeededRandom } from './support';

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
