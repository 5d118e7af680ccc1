import { USE_LIMITS, type UseLimits } from './limits';

/** The instances that use the same keys, as this one knows of them. */
export interface Company {
  /** What this one is called: the same after a restart, and what it has saved is its own by it. */
  readonly self: string;
  /** This one included. Those last seen, while nothing is heard of them. */
  readonly instances: number;
  /** What the others use is heard of within a moment. */
  readonly isInTouch: boolean;
  /** This process has stood still at that time, and has not heard yet what the others used meanwhile. */
  readonly isCatchingUp: (now: number) => boolean;
}

export const ALONE: Company = { self: '', instances: 1, isInTouch: true, isCatchingUp: () => false };

/** What was taken here in this round. */
export interface Taken {
  readonly requests: number;
  readonly tokens: number;
}

/** How an account's limits are shared. */
export interface Sharing {
  readonly company: Company;
  readonly ofRound: Taken;
}

/** What this instance may use by itself of what is set for all. */
export function shareOf(limits: UseLimits, { instances, isInTouch }: Company): UseLimits {
  if (isInTouch || instances <= 1) return limits;
  const share: { -readonly [name in keyof UseLimits]: UseLimits[name] } = {};
  for (const name of USE_LIMITS) {
    const limit = limits[name];
    if (limit !== undefined) share[name] = limit === 0 ? 0 : Math.max(1, Math.floor(limit / instances));
  }
  return share;
}

/**
 * Whether so much may be taken of what is left of a limit for all, of which this instance has taken `ofRound`: others
 * may take at the same moment. Together they take more than is left by one request each at most, less one.
 */
export function mayTake(amount: number, left: number, ofRound: number, { instances }: Company): boolean {
  return ofRound === 0 || ofRound + amount <= (left + ofRound) / instances;
}
