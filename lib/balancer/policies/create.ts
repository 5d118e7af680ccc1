import type { Random } from '../ports';
import { leastInFlight } from './least-in-flight';
import type { SelectionPolicy, SelectionPolicyName } from './policy';
import { roundRobin } from './round-robin';
import { sticky } from './sticky';
import { weighted } from './weighted';

export function createPolicy(name: SelectionPolicyName, random: Random): SelectionPolicy {
  switch (name) {
    case 'round_robin':
      return roundRobin();
    case 'least_in_flight':
      return leastInFlight();
    case 'weighted':
      return weighted(random);
    case 'sticky':
      return sticky(random);
  }
}
