import type { Hedging } from './hedging';
import type { RequestKind } from '../pool/lease';
import type { FallbackReason } from './target';
import type { ObjectOwner } from '../pool/object-owner';
import type { Clock, Random, StopSignal } from '../ports';
import type { WaitingRoom } from '../waiting/waiting-room';

/** A request, as far as balancing it goes. */
export interface BalancedRequest extends RequestKind {
  /** The name asked for; '' if the request names none. */
  readonly model: string;
  readonly affinity: string | undefined;
  /** The request names this object, and only keys that have it are asked. */
  readonly owner?: ObjectOwner | undefined;
  /** Objects that it names of which no owner is known: a key that does not find one of them is not the last asked. */
  readonly sought?: readonly string[] | undefined;
  /** The key that has said already that it does not have them. */
  readonly missedBy?: string | undefined;
  /** How many tokens it may use: reserved until its answer tells how many it did. 0 by default. */
  readonly tokens?: number | undefined;
  /**
   * Whether the provider does nothing for it but answer. Asked when a second attempt is due, so it may take some time.
   * No by default.
   */
  readonly mayBeSentTwice?: (() => boolean) | undefined;
  /** Whose request it is, for waiting fairly; undefined is a client of its own. */
  readonly client?: string | undefined;
  /**
   * What leads from one target to the next. Undefined: that it is unavailable, and then what all its keys say of the
   * model is the last word.
   */
  readonly goesOnFor?: ReadonlySet<FallbackReason> | undefined;
  /** Of those who wait the highest goes first. 0 by default. */
  readonly priority?: number | undefined;
  /** Fires when the client has gone. */
  readonly signal: StopSignal;
}

/** What balancing a request needs from outside. */
export interface LoopPorts {
  readonly clock: Clock;
  readonly random: Random;
  /** Where requests wait for keys; without one they do not. */
  readonly waitingRoom?: WaitingRoom | undefined;
  /** How many requests may be sent a second time; without one none is. */
  readonly hedging?: Hedging | undefined;
}
