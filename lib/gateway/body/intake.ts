import type { StopSignal } from '../../balancer/ports';
import type { BodyFiles } from './body-folder';
import type { Timers } from '../exchange/timers';
import type { BodyShare } from './body-share';
import type { RequestBody } from './spooled-body';

/** Where a large body finds room. */
export interface Spool {
  readonly files: BodyFiles;
  /** Of what all bodies may take on disk together. */
  readonly share: BodyShare;
  /** Bodies up to this size may be read whole later. */
  readonly wholeBytesMax: number;
}

export interface Intake {
  readonly bytesMax: number;
  /** Of the memory for all bodies. */
  readonly share: BodyShare;
  /** Undefined: bodies stay in memory, whatever their size. */
  readonly spool: Spool | undefined;
  readonly signal: StopSignal;
  /** Without them a body may stop coming for ever. */
  readonly timers: Timers | undefined;
  readonly header: (name: string) => string | undefined;
}

/** True: go on. A promise asks to wait with what comes. Never rejects. */
export type Taken = true | BodyTrouble | Promise<true | BodyTrouble>;

export type BodyResult =
  { readonly ok: true; readonly body: RequestBody } | { readonly ok: false; readonly reason: BodyTrouble };

/**
 * `idle`: it has stopped coming. `stalled`: it did not get on while others waited for what it had claimed. `no_disk`:
 * others take all that bodies may have on disk. `disk_full`, `disk_failed`: the system says so.
 */
export type BodyTrouble =
  'too_large' | 'client_closed' | 'no_memory' | 'idle' | 'stalled' | 'no_disk' | 'disk_full' | 'disk_failed';

/** Why a claim was refused. */
export function refused(signal: StopSignal, reason: BodyTrouble): BodyTrouble {
  return signal.aborted ? 'client_closed' : reason;
}
