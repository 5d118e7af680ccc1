'use client';
import { useEffect, useEffectEvent, useState } from 'react';
import type { LogView } from './log-view';

/** Who holds a key down goes past many stories; the address gets the one where that ends. */
const SETTLED_MS = 150;

/**
 * Whose story is open, by the address. While one goes on from story to story the address follows a moment later, once:
 * changes of it that overtake one another would leave it at any of them. Keys count from where one is already.
 */
export function useOpenStory({ log }: LogView, onChange: (patch: Partial<LogView>) => void) {
  const [way, setWay] = useState<{ readonly to: string; readonly isInAddress: boolean }>();
  if (way !== undefined && (log === '' || (way.isInAddress && log === way.to))) setWay(undefined);
  const arrive = useEffectEvent((to: string) => {
    setWay({ to, isInAddress: true });
    onChange({ log: to });
  });
  const to = way?.isInAddress === false ? way.to : undefined;
  useEffect(() => {
    if (to === undefined) return undefined;
    const timer = setTimeout(() => arrive(to), SETTLED_MS);
    return () => clearTimeout(timer);
  }, [to]);
  return {
    /** Empty while none is. */
    openId: log === '' ? '' : (way?.to ?? log),
    go: (id: string) => setWay({ to: id, isInAddress: false }),
    /** The story that is open stays the one until the address has none: the list gives its row the focus. */
    close: () => {
      setWay((last) => last && { ...last, isInAddress: true });
      onChange({ log: '' });
    },
  };
}
