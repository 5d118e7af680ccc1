import type { AdminParts } from '../context';
import type { Rates } from '../contract/stats';

/** The traffic of the last minute, of all instances that are heard of. */
export function everybodysRates({
  rates,
  inFlight,
  waiting,
  instances: { elsewhere },
}: Pick<AdminParts, 'rates' | 'inFlight' | 'waiting' | 'instances'>): Rates {
  return rates.read(inFlight() + elsewhere.inFlight, waiting() + elsewhere.waiting, elsewhere.minutes);
}
