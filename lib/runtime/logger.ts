import pino, { type Logger } from 'pino';
import pretty from 'pino-pretty';

export type { Logger } from 'pino';

const LEVELS: Readonly<Record<string, string>> = {
  DEBUG: 'debug',
  INFO: 'info',
  WARNING: 'warn',
  ERROR: 'error',
};

/** Lines wait at most this long in memory. */
const FLUSH_MS = 200;

/** Readable lines on a terminal, JSON otherwise. Nothing secret is ever handed to it: hints are made at the source. */
export function createLogger(): Logger {
  const options = { base: undefined, timestamp: pino.stdTimeFunctions.isoTime };
  if (process.stdout.isTTY) return pino(options, pretty({ sync: true, colorize: true }));
  const destination = pino.destination({ fd: 1, sync: false, minLength: 4096, periodicFlush: FLUSH_MS });
  return pino(options, destination);
}

export function setLogLevel(logger: Logger, level: string): void {
  logger.level = LEVELS[level] ?? 'info';
}
