'use client';
import { useSyncExternalStore } from 'react';

const TICK_MS = 1000;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let nowMs = Date.now();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    nowMs = Date.now();
    for (const tell of listeners) tell();
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

function current(): number {
  // Without a running timer the last reading may be old.
  if (timer === undefined && Date.now() - nowMs >= TICK_MS) nowMs = Date.now();
  return nowMs;
}

/** The time, to the second; all who ask share one timer. 0 while the server renders. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, current, () => 0);
}
