'use client';
import { useSearchParams } from 'next/navigation';
import { useCallback, useMemo } from 'react';
import { readUrlState, writeUrlState } from '@/lib/client/url-state';

/**
 * Filters, order and tabs live in the address, so that a view can be sent, kept and come back to. `defaults` has to be a
 * constant. Changing them asks the server for nothing. `drawer` names the value that opens a drawer: opening it is a step that
 * the browser's Back button undoes, and closing it takes that step back.
 */
export function useUrlState<T extends Readonly<Record<string, string>>>(
  defaults: T,
  drawer?: keyof T & string,
): readonly [T, (patch: Partial<T>) => void] {
  const search = useSearchParams();
  const state = useMemo(() => readUrlState(new URLSearchParams(search), defaults), [search, defaults]);
  const change = useCallback(
    (patch: Partial<T>) => {
      const { history, location } = window;
      const current = new URLSearchParams(location.search);
      const query = writeUrlState(current, defaults, patch as Record<string, string>).toString();
      const url = query === '' ? location.pathname : `${location.pathname}?${query}`;
      const isOpen = drawer !== undefined && current.has(drawer);
      const opens = drawer !== undefined && (patch[drawer] ?? '') !== '';
      if (opens && !isOpen) history.pushState({ hasOpenedDrawer: true }, '', url);
      else if (isOpen && !opens && drawer in patch && hasOpenedDrawer(history.state)) history.back();
      else history.replaceState(null, '', url);
    },
    [defaults, drawer],
  );
  return [state, change];
}

function hasOpenedDrawer(state: unknown): boolean {
  return typeof state === 'object' && state !== null && 'hasOpenedDrawer' in state;
}
