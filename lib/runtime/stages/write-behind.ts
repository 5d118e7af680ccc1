import { steadyClock } from '../../process/system-ports';
import { KnownOwners } from '../../ownership/known-owners';
import type { Store } from '../../store/open-store';
import { UsageBook } from '../../store/usage/usage-book';
import { EgressWriter } from '../../store/write-behind/checkpoint-egress';
import { StateWriter } from '../../store/write-behind/checkpoint-state';
import { createLogWriter, type LogWriter } from '../../store/write-behind/log-writer';
import type { Machine } from './machine';

/** What is written to the database behind the traffic. */
export interface WriteBehind {
  readonly logWriter: LogWriter;
  /** The statistics, what is not written yet included. */
  readonly usageBook: UsageBook;
  readonly stateWriter: StateWriter;
  readonly egressWriter: EgressWriter;
  /** Which key owns what lives at the providers. */
  readonly owners: KnownOwners;
}

export function createWriteBehind(
  { logger, ownLimits, steadyNow }: Machine,
  store: Store,
  self: string,
): WriteBehind {
  const logWriter = createLogWriter({
    store,
    clock: { now: steadyNow, setTimer },
    onDrop: (count) => logger.warn({ count }, 'log rows were dropped'),
    onError: (error) => {
      ownLimits.writeFailed(error);
      logger.error({ err: error }, 'writing logs failed; it is tried again');
    },
  });
  return {
    logWriter,
    usageBook: new UsageBook(store.rollups, logWriter, steadyNow),
    stateWriter: new StateWriter(
      store.keys,
      steadyClock,
      (error) => logger.error({ err: error }, 'writing key states failed; it is tried again'),
      self,
    ),
    egressWriter: new EgressWriter(store.egress, steadyClock, (error) =>
      logger.error({ err: error }, 'writing proxy states failed; it is tried again'),
    ),
    owners: new KnownOwners({
      store: store.objectOwners,
      formerKeys: store.formerKeys,
      isLocal: store.isLocal,
      now: steadyNow,
      onError: (error) =>
        logger.error({ err: error }, 'the database did not keep who owns what; it is tried again'),
    }),
  };
}

function setTimer(fn: () => void, ms: number): { cancel(): void } {
  const timer = setTimeout(fn, ms);
  timer.unref();
  return { cancel: () => clearTimeout(timer) };
}
