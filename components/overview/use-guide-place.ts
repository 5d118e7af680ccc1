'use client';
import { useState } from 'react';
import { guideMemory, type GuidePlace } from './guide-memory';

export interface Guide {
  readonly place: GuidePlace;
  readonly remember: (patch: Partial<GuidePlace>) => void;
}

/** Where the guide is, kept across reloads. */
export function useGuidePlace(): Guide {
  const [place, setPlace] = useState(() => guideMemory.read());
  const remember = (patch: Partial<GuidePlace>) => {
    const next = { ...place, ...patch };
    setPlace(next);
    guideMemory.keep(next);
  };
  return { place, remember };
}
