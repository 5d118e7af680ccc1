import type { Disabled } from './disabled';

/** What a person has made of a key or an egress proxy, as it is stored for all instances. */
export interface PersonsWord {
  /** How often a person has switched it: of two words that with the higher number is the newer. */
  readonly epoch: number;
  readonly disabled: Disabled | undefined;
}
