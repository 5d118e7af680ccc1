'use client';
import { useCallback, useLayoutEffect, useRef, type RefObject } from 'react';

/**
 * People scroll a document before its scripts have come. What draws the rows would begin at the top again: this is to
 * be used after it. Returns what attaches the scroller.
 */
export function useEarlyScroll(scroller: RefObject<HTMLDivElement | null>) {
  const scrolledBefore = useRef(0);
  const attach = useCallback(
    (element: HTMLDivElement | null) => {
      scroller.current = element;
      scrolledBefore.current = element?.scrollTop ?? 0;
    },
    [scroller],
  );
  useLayoutEffect(() => {
    if (scrolledBefore.current > 0) scroller.current?.scrollTo({ top: scrolledBefore.current });
  }, [scroller]);
  return attach;
}
