import type { Limits } from '../../balancer/limits/limits';
import { tidyLimits } from '../../config/values/use-limits';

/** Limits as they are kept: null if they limit nothing. */
export function keptLimits(limits: Limits | null): Limits | null {
  return limits === null ? null : (tidyLimits(limits) ?? null);
}

interface GivenOptions {
  readonly limits?: Limits | null | undefined;
  readonly account?: string | null | undefined;
}

/** What is given of the two, as it is kept. An empty account is none. */
export function keptOptions({ limits, account }: GivenOptions) {
  return {
    ...(limits !== undefined && { limits: keptLimits(limits) }),
    ...(account !== undefined && { account: account === '' ? null : account }),
  };
}
