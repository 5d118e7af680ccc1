import { hostname } from 'node:os';
import type { DatabaseOptions } from '../store/database/database';
import { markInstance, type RunningServer } from '../store/database/sqlite/sqlite-instance';
import type { Logger } from './logger';

const LOOK_MS = 5_000;

/**
 * Says so when another server runs on the same SQLite file, and what that means; from then on each line of the log
 * names its process. It is no error: a rolling restart has two for a while. Tells when the other one has ended. Returns
 * the way to stop looking.
 */
export function watchOtherServers(database: DatabaseOptions, logger: Logger, now: () => number): () => void {
  if (database.type !== 'sqlite') return () => undefined;
  const { file } = database;
  const first = markInstance(file, now);
  if (first.other === undefined || isThisProcess(first.other)) return first.release;
  logger.setBindings({ pid: process.pid });
  logger.warn({ database: file, other: first.other }, MEANING);

  let { release } = first;
  const timer = setInterval(() => {
    const mark = markInstance(file, now);
    if (mark.other !== undefined) return;
    clearInterval(timer);
    release = mark.release;
    logger.info({ database: file }, 'the other server on this database has ended');
  }, LOOK_MS);
  timer.unref();
  return () => {
    clearInterval(timer);
    release();
  };
}

const MEANING =
  'another server runs on this database: their logs, statistics and counters add up, and what is changed in the ' +
  'dashboard of one is soon in force in the other, but each has its own cooldowns, breakers and limits; ' +
  'meant for the moment of a rolling restart, for more take MySQL or PostgreSQL';

/** As in a test, or when a development server reloads everything. */
function isThisProcess({ pid, host }: RunningServer): boolean {
  return pid === process.pid && host === hostname();
}
