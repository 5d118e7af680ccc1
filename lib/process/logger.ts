import { setTimeout as sleep } from 'node:timers/promises';
import pino, { type Logger } from 'pino';

export type { Logger } from 'pino';

const LEVELS: Readonly<Record<string, string>> = {
  DEBUG: 'debug',
  INFO: 'info',
  WARNING: 'warn',
  ERROR: 'error',
};

/** Lines wait at most this long in memory, and no longer than until there are so many characters of them. */
const FLUSH_MS = 200;
const TOGETHER_MAX = 16 * 1024;
/** Lines that the reader of the output does not take are dropped beyond this many bytes. */
const WAITING_MAX = 4 * 2 ** 20;

/**
 * Readable lines on a terminal, JSON otherwise. Nothing secret is ever handed to it: hints are made at the source. What
 * cannot be written is lost, and nothing else happens.
 */
export async function createLogger(): Promise<Logger> {
  const options = { base: undefined, timestamp: isoTime() };
  if (!process.stdout.isTTY) return pino(options, standardOutput());
  const { default: pretty } = await import('pino-pretty');
  return pino(options, pretty({ sync: true, colorize: true }));
}

/** As pino's own, but put together only once for each millisecond. */
function isoTime(): () => string {
  let last = 0;
  let text = '';
  return () => {
    const now = Date.now();
    if (now !== last) text = `,"time":"${new Date(now).toISOString()}"`;
    last = now;
    return text;
  };
}

/**
 * Lines go to the destination together: it measures all that it holds, anew for each line that comes, and each of its
 * writes wakes another thread.
 */
function standardOutput(): ReturnType<typeof pino.destination> {
  const destination = pino.destination({ fd: 1, sync: false, minLength: 1, maxLength: WAITING_MAX });
  const write = destination.write.bind(destination);
  const flush = destination.flush.bind(destination);
  const flushSync = destination.flushSync.bind(destination);
  let isFailing = false;
  let lines = '';
  let timer: NodeJS.Timeout | undefined;
  const pass = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (lines !== '') write(lines);
    lines = '';
  };
  destination.on('write', () => (isFailing = false));
  destination.on('error', () => (isFailing = true));
  return Object.assign(destination, {
    write(line: string): boolean {
      lines += line;
      if (lines.length >= TOGETHER_MAX) pass();
      else timer ??= setTimeout(pass, FLUSH_MS).unref();
      return true;
    },
    flush(done?: (error?: Error) => void): void {
      pass();
      flush(done);
    },
    flushSync(): void {
      // At the end of the process it would try for ever to write to a full disk.
      if (isFailing) return;
      pass();
      flushSync();
    },
  });
}

/** Resolves when what was logged has been written, or a moment later if nobody takes it. Never rejects. */
export async function logWritten(logger: Logger): Promise<void> {
  const late = new AbortController();
  const written = new Promise<void>((resolve) => logger.flush(() => resolve()));
  await Promise.race([written, sleep(FLUSH_MS, undefined, late).catch(() => undefined)]);
  late.abort();
}

export function setLogLevel(logger: Logger, level: string): void {
  logger.level = LEVELS[level] ?? 'info';
}
