'use client';
import { useSyncExternalStore } from 'react';

const TICK_MS = 1000;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let aheadMs = 0;
let nowMs = 0;

/** The server's clock counts: deadlines are told by it, and not every machine's own is right. */
export function setServerTime(serverMs: number): void {
  aheadMs = serverMs - Date.now();
  tick();
}

/** The server's time at this moment, to the millisecond. */
export function serverNow(): number {
  return Date.now() + aheadMs;
}

function tick(): void {
  nowMs = serverNow();
  for (const tell of listeners) tell();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(tick, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

function current(): number {
  // Without a running timer the last reading may be old.
  const exact = Date.now() + aheadMs;
  if (timer === undefined && Math.abs(exact - nowMs) >= TICK_MS) nowMs = exact;
  return nowMs;
}

/** The server's time, to the second; all who ask share one timer. 0 while the server renders. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, current, () => 0);
}

/** Whether this time is over; draws anew only when it has passed. */
export function useHasPassed(at: number): boolean {
  return useSyncExternalStore(
    subscribe,
    () => current() >= at,
    () => false,
  );
}
