'use client';
import { useEffect, useState, type ComponentType } from 'react';

/** A part of the program that is fetched when it is wanted first. `onFail` is told when it does not come. */
export function useLoaded<P>(
  isWanted: boolean,
  load: () => Promise<{ readonly default: ComponentType<P> }>,
  onFail: () => void,
): ComponentType<P> | undefined {
  const [part, setPart] = useState<{ readonly view: ComponentType<P> }>();
  const isMissing = isWanted && part === undefined;
  useEffect(() => {
    if (!isMissing) return;
    let isLeft = false;
    load().then(
      ({ default: view }) => !isLeft && setPart({ view }),
      () => !isLeft && onFail(),
    );
    return () => void (isLeft = true);
  }, [isMissing, load, onFail]);
  return part?.view;
}
