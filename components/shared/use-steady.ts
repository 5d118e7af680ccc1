'use client';
import { useCallback, useLayoutEffect, useRef } from 'react';

/** Always the same function, which does what the latest one does: who is given it need not be drawn again. */
export function useSteady<Args extends readonly unknown[], Result>(
  act: (...args: Args) => Result,
): (...args: Args) => Result {
  const latest = useRef(act);
  useLayoutEffect(() => void (latest.current = act));
  return useCallback((...args: Args) => latest.current(...args), []);
}
