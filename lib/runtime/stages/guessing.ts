import { GuessLimiter } from '../../auth/guess-limiter';
import type { Store } from '../../store/open-store';
import { GuessWriter } from '../../store/write-behind/guess-writer';
import type { Machine } from './machine';

/** The limit on wrong tokens, those of clients and of admins. */
export interface GuessingStage {
  readonly limiter: GuessLimiter;
  /** Lets the limit outlive a restart, and count for all instances on the database. */
  readonly guessWriter: GuessWriter;
}

/** With what was counted before the start, here and at other instances. */
export async function openGuessing(
  { logger, steadyNow }: Machine,
  { guessCounts }: Pick<Store, 'guessCounts'>,
): Promise<GuessingStage> {
  const limiter: GuessLimiter = new GuessLimiter(
    steadyNow,
    (address, waitSeconds) => logger.warn({ address, waitSeconds }, 'too many wrong tokens'),
    (address) => guessWriter.note(address),
  );
  const guessWriter = new GuessWriter({
    store: guessCounts,
    countOf: (address) => limiter.countOf(address),
    onError: (error) => logger.error({ err: error }, 'saving wrong tokens failed; it is tried again'),
  });
  limiter.learn(await guessCounts.list());
  return { limiter, guessWriter };
}
