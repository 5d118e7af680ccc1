/** What comes within a turn is seen in the next one: the shorter it is, the less that can be. */
const QUIET_MS_AT_FIRST = 0.02;
/** A slow machine has no turn as short as that: the longer it takes, the longer may be the one that will do. */
const TURNS_TO_DOUBLE = 250;
/** Under a flood no turn is quiet. */
const TURNS_MAX = 1_000;

/**
 * For closing a port. What has arrived by now has also been read when this turn is over. Connections that come
 * meanwhile would be reset with the port, before anybody sees them: so `close` is called at once behind a short turn in
 * which none has come. Resolves when it has been.
 */
export function closeBehindQuietTurn(accepted: () => number, close: () => void): Promise<void> {
  return new Promise((resolve) => {
    let turn = 0;
    let before = accepted();
    let startedAt = performance.now();
    const look = (): void => {
      const now = performance.now();
      const isQuiet = now - startedAt < QUIET_MS_AT_FIRST * 2 ** (turn / TURNS_TO_DOUBLE);
      turn += 1;
      if ((isQuiet && accepted() === before) || turn === TURNS_MAX) {
        close();
        return resolve();
      }
      before = accepted();
      setImmediate(look);
      startedAt = performance.now();
    };
    setImmediate(look);
  });
}
