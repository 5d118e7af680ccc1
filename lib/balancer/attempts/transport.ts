import type { Lease } from '../pool/lease';
import type { Pool } from '../pool/pool';
import type { StopSignal } from '../ports';
import type { Outcome } from './verdict';

/** What a dial brings back. `answer` can be passed on to the client, and must be either passed on or discarded. */
export interface Dialed<Answer> {
  readonly outcome: Outcome;
  readonly answer: Answer | undefined;
}

export interface Transport<Answer> {
  /**
   * Sends the request with the lease's key and through its proxy, until the signal fires. Never rejects: every failure
   * is an outcome. `mayGiveUp`: whether somebody else could be asked at that moment; one that is merely slow is waited
   * for if not.
   */
  dial(pool: Pool, lease: Lease, signal: StopSignal, mayGiveUp: () => boolean): Promise<Dialed<Answer>>;
  /** What has come back is the attempt with this index in the trace. */
  noted?(index: number, dialed: Dialed<Answer>): void;
  /** Discards an answer that will not be read. */
  discard(answer: Answer): void;
}
