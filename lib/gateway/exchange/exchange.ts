import type { BodyResult, Spool } from '../body/intake';
import type { BodyShare } from '../body/body-share';
import type { Timers } from './timers';
import type { Stop } from '../../balancer/stop';

/** A client's request, whichever server it came through. */
export interface ClientRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  /** Names and values in turn, as they came. */
  readonly rawHeaders: readonly string[];
  header(name: string): string | undefined;
  /** Who opened the connection; undefined if the server does not tell. */
  readonly remoteAddress: string | undefined;
  /** Fires when the client has left before its answer was complete, or work for it has to end. */
  readonly signal: Stop;
  /**
   * Claims the memory for it from `share` before it is read, or of a large one the room that `spool` has on disk; then
   * its caller releases the body. Never rejects.
   */
  readBody(bytesMax: number, share: BodyShare, spool?: Spool, timers?: Timers): Promise<BodyResult>;
}

/** The way back. Calls after the client has gone do nothing. */
export interface ClientResponse {
  /** `headers`: names and values in turn. */
  start(status: number, headers: readonly string[]): void;
  /** False asks to wait for the function given to `onDrain`. */
  write(chunk: Buffer): boolean;
  onDrain(resume: () => void): void;
  end(chunk?: Buffer): void;
  /** The connection closes behind this answer, and the head says so if it has not gone out yet. */
  closeAfter(): void;
  /** Sends last words, if there are any, and closes so that the client notices that the answer is not whole. */
  breakOff(lastWords: Buffer | undefined): void;
}
