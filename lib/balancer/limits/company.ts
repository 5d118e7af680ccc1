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
  /**
   * The processes that say what they have heard of what is taken here. This one is among them, for what it hears of
   * itself has been told to those too who do not say.
   */
  readonly hearers: readonly string[];
}

export const ALONE: Company = {
  self: '',
  instances: 1,
  isInTouch: true,
  isCatchingUp: () => false,
  hearers: [],
};

/** What was taken here. */
export interface Taken {
  readonly requests: number;
  readonly tokens: number;
}

/** How an account's limits are shared. */
export interface Sharing {
  readonly company: Company;
  /** Others may not have heard of it. */
  readonly unheard: Taken;
  /** Others of whom it is not known for long what they have heard. */
  readonly silent: number;
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

/** How far a limit for all is used, as far as is known here. */
export interface Used {
  readonly limit: number;
  readonly used: number;
}

/**
 * Whether so much may be taken of a limit for all, of which this instance has taken `unheard` since the others have
 * known it: they may take at the same moment. However long it takes until they hear of each other, together they take
 * more than the limit by one request each at most, less one. To those that are silent their parts are left.
 */
export function mayTake(
  amount: number,
  { limit, used }: Used,
  unheard: number,
  { company: { instances }, silent }: Sharing,
): boolean {
  const left = limit - used - silent * Math.floor(limit / instances);
  if (unheard === 0) return silent === 0 || left > 0;
  return unheard + amount <= (left + unheard) / instances;
}
