'use client';
import { createContext, use, useSyncExternalStore } from 'react';
import { yearOf } from '@/lib/client/zone';

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
  if (timer === undefined) {
    // While the document was taken over nobody has asked, and the first tick is a second away.
    nowMs = serverNow();
    timer = setInterval(tick, TICK_MS);
  }
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

/** When the document was made, which it shows until scripts run. 0 if it is not known. */
export const MadeAt = createContext(0);

/**
 * The server's time, to the second; all who ask share one timer. While a document is made and taken over, when it was
 * made.
 */
export function useNow(): number {
  const madeAt = use(MadeAt);
  return useSyncExternalStore(subscribe, current, () => madeAt);
}

/** The year there, by the server's time; draws again only when it is over. 0 if it is not known. */
export function useThisYear(zone: string): number {
  const madeAt = use(MadeAt);
  return useSyncExternalStore(
    subscribe,
    () => yearOf(current(), zone),
    () => (madeAt === 0 ? 0 : yearOf(madeAt, zone)),
  );
}

/** Whether this time has passed; draws again only when it does. */
export function useHasPassed(at: number): boolean {
  const madeAt = use(MadeAt);
  return useSyncExternalStore(
    subscribe,
    () => current() >= at,
    () => madeAt >= at,
  );
}
