/** A signal that fires when its time is over, or with another one. */
export interface TimeLimit {
  /** Fires with a `TimeoutError` when the time is over, and with the reason of the other signal when that fires. */
  readonly signal: AbortSignal;
  /** To be called when what is limited has ended: neither timer nor listener is left. The signal fires no more. */
  clear(): void;
}

/** The longest that a timer of Node takes. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/**
 * Limits what ends with `signal` to so many milliseconds, 24 days at most. Its timer is held until then: Node 20 may
 * collect the one within `AbortSignal.any([signal, AbortSignal.timeout(ms)])` as garbage, and that never fires.
 */
export function timeLimit(ms: number, signal: AbortSignal): TimeLimit {
  const controller = new AbortController();
  const clear = (): void => {
    clearTimeout(timer);
    signal.removeEventListener('abort', follow);
  };
  const end = (reason: unknown): void => {
    clear();
    controller.abort(reason);
  };
  const follow = (): void => end(signal.reason);
  const timer = setTimeout(
    () => end(new DOMException('no answer in time', 'TimeoutError')),
    Math.min(Math.max(0, ms), TIMER_MS_MAX),
  );
  timer.unref();
  if (signal.aborted) follow();
  else signal.addEventListener('abort', follow, { once: true });
  return { signal: controller.signal, clear };
}
