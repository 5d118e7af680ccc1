/** Less would ask again before a slow answer is shown. */
const WAIT_MS_MIN = 250;

interface Polled {
  readonly state: { readonly dataUpdatedAt: number; readonly errorUpdatedAt: number };
}

/**
 * A `refetchInterval` that asks anew so long after the last answer, whatever is written into the query meanwhile: the library
 * starts a fixed interval afresh with each write, so that live events would put the next poll off for ever.
 */
export function every(ms: number): (query: Polled) => number {
  return ({ state }) => {
    const answeredAt = Math.max(state.dataUpdatedAt, state.errorUpdatedAt);
    return Math.max(WAIT_MS_MIN, Math.min(ms, answeredAt + ms - Date.now()));
  };
}
