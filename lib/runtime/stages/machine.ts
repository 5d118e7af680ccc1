import { createLogger, type Logger } from '../../process/logger';
import { OwnLimits } from '../../process/own-limits';
import { steadyClock } from '../../process/system-ports';

/** What every stage gets: the log, the clocks and the limits of the process. */
export interface Machine {
  readonly logger: Logger;
  /** Of the wall, in milliseconds since the epoch. */
  readonly now: () => number;
  /** What rests, waits or comes again goes by this one, and not by a clock that may be set. */
  readonly steadyNow: () => number;
  readonly ownLimits: OwnLimits;
  /** Fires when the program stops. */
  readonly stopping: AbortController;
  /** Told of each stored secret that the encryption key does not open. */
  readonly onUnreadable: (what: string, id: string) => void;
}

export async function createMachine(): Promise<Machine> {
  const logger = await createLogger();
  return {
    logger,
    now: Date.now,
    steadyNow: () => steadyClock.now(),
    ownLimits: new OwnLimits(logger),
    stopping: new AbortController(),
    onUnreadable: (what, id) =>
      logger.error(
        { what, id },
        'a stored secret cannot be decrypted with this encryption key and is not used',
      ),
  };
}
