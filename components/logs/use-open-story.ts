'use client';
import { useState } from 'react';
import type { LogView } from './log-view';

/**
 * Whose story is open, by the address. While one goes on from story to story the address follows a moment later: keys
 * that are pressed meanwhile count from where one is already.
 */
export function useOpenStory({ log }: LogView, onChange: (patch: Partial<LogView>) => void) {
  const [goingTo, setGoingTo] = useState<string>();
  if (goingTo !== undefined && (log === goingTo || log === '')) setGoingTo(undefined);
  return {
    /** Empty while none is. */
    openId: log === '' ? '' : (goingTo ?? log),
    go: (id: string) => {
      setGoingTo(id);
      onChange({ log: id });
    },
  };
}
