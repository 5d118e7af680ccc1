import type { Random } from '../ports';
import { headroom } from './headroom';
import { leastInFlight } from './least-in-flight';
import type { SelectionPolicy } from './policy';
import { roundRobin } from './round-robin';
import { sticky } from './sticky';
import { weighted } from './weighted';

/** Every selection policy by its name. This is the only list of them: settings, API and forms take it from here. */
const POLICIES = {
  round_robin: roundRobin,
  least_in_flight: leastInFlight,
  weighted,
  sticky,
  headroom,
} satisfies Readonly<Record<string, (random: Random) => SelectionPolicy>>;

export type SelectionPolicyName = keyof typeof POLICIES;

export const SELECTION_POLICIES = Object.keys(POLICIES) as readonly SelectionPolicyName[];

export function createPolicy(name: SelectionPolicyName, random: Random): SelectionPolicy {
  return POLICIES[name](random);
}
