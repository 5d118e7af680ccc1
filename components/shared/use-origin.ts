'use client';
import { useSyncExternalStore } from 'react';

const never = () => () => undefined;

/** This server's address as the browser knows it, without a slash at the end; empty while the server renders. */
export function useOrigin(): string {
  return useSyncExternalStore(
    never,
    () => window.location.origin,
    () => '',
  );
}
