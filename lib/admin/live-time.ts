/**
 * The time of the live state: of cooldowns, breakers, and when something was last used. It does not jump as the wall
 * clock may.
 */
export interface LiveTime {
  now(): number;
  /** Milliseconds since the epoch, for people and for what is kept, of a time of the live state. */
  wallOf(at: number): number;
}

/** The same for a time that there may not be. */
export function wallOrNull(time: LiveTime, at: number | undefined): number | null {
  return at === undefined ? null : time.wallOf(at);
}
