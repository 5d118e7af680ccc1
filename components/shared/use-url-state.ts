'use client';
import { useSearchParams } from 'next/navigation';
import { useCallback, useMemo } from 'react';
import { readUrlState, writeUrlState } from '@/lib/client/url-state';

/**
 * Filters, order and tabs live in the address, so that a view can be sent, kept and come back to. `defaults` has to be a
 * constant. Changing them asks the server for nothing.
 */
export function useUrlState<T extends Readonly<Record<string, string>>>(
  defaults: T,
): readonly [T, (patch: Partial<T>) => void] {
  const search = useSearchParams();
  const state = useMemo(() => readUrlState(new URLSearchParams(search), defaults), [search, defaults]);
  const change = useCallback(
    (patch: Partial<T>) => {
      const current = new URLSearchParams(window.location.search);
      const query = writeUrlState(current, defaults, patch as Record<string, string>).toString();
      const path = window.location.pathname;
      window.history.replaceState(null, '', query === '' ? path : `${path}?${query}`);
    },
    [defaults],
  );
  return [state, change];
}
