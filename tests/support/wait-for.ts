import { setTimeout as delay } from 'node:timers/promises';

export interface WaitForOptions {
  /** Default 10,000. */
  timeoutMs?: number;
  /** Default 25. */
  intervalMs?: number;
  /** Completes the sentence "gave up waiting for ..."; a function is asked at the deadline. */
  what: string | (() => string);
}

/**
 * Resolves with the predicate's first truthy value. For conditions of other processes only; within one process await
 * the event instead. Rejects at the deadline, naming `what` and the predicate's last error; an error before then counts
 * as "not yet".
 */
export async function waitFor<T>(
  predicate: () => T | Promise<T>,
  { timeoutMs = 10_000, intervalMs = 25, what }: WaitForOptions,
): Promise<NonNullable<T>> {
  const deadline = performance.now() + timeoutMs;
  let lastError: unknown;
  do {
    try {
      const value = await predicate();
      if (value) return value;
      lastError = undefined;
    } catch (error) {
      lastError = error;
    }
    await delay(intervalMs);
  } while (performance.now() < deadline);
  const subject = typeof what === 'string' ? what : what();
  throw new Error(`gave up waiting for ${subject} after ${timeoutMs} ms`, { cause: lastError });
}
