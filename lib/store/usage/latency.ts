/** Upper bounds of all latency counters but the last, which counts what took longer. */
export const LATENCY_BOUNDS_MS = [
  10, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 120_000,
] as const;

export const LATENCY_COUNTERS = LATENCY_BOUNDS_MS.length + 1;

const SWITCHED = 101;

/**
 * What a finished request says about speed: how long it took, and of a WebSocket how long until it was open, because
 * how long people talk says nothing of a provider. Milliseconds.
 */
export function latencyOf(request: {
  readonly status: number;
  readonly durationMs: number;
  readonly ttfbMs: number | null;
}): number {
  return request.status === SWITCHED ? (request.ttfbMs ?? request.durationMs) : request.durationMs;
}

/** Which of the counters counts a request of this duration. */
export function latencyCounter(durationMs: number): number {
  const index = LATENCY_BOUNDS_MS.findIndex((bound) => durationMs <= bound);
  return index === -1 ? LATENCY_BOUNDS_MS.length : index;
}
