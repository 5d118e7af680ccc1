'use client';
import { useSearchParams } from 'next/navigation';
import { useCallback, useMemo } from 'react';

type UrlValues = Readonly<Record<string, string>>;

/** The values of these names in an address; what equals its default is not written there. */
export function readUrlState<T extends UrlValues>(search: URLSearchParams, defaults: T): T {
  const entries = Object.entries(defaults).map(([name, value]) => [name, search.get(name) ?? value]);
  return Object.fromEntries(entries) as T;
}

export function writeUrlState(
  search: URLSearchParams,
  defaults: UrlValues,
  patch: UrlValues,
): URLSearchParams {
  const next = new URLSearchParams(search);
  for (const [name, value] of Object.entries(patch)) {
    if (value === defaults[name]) next.delete(name);
    else next.set(name, value);
  }
  return next;
}

/**
 * Filters, order and tabs live in the address, so that a view can be sent, kept and come back to. `defaults` has to be a
 * constant. Changing them asks the server for nothing.
 */
export function useUrlState<T extends UrlValues>(defaults: T): readonly [T, (patch: Partial<T>) => void] {
  const search = useSearchParams();
  const state = useMemo(() => readUrlState(new URLSearchParams(search), defaults), [search, defaults]);
  const change = useCallback(
    (patch: Partial<T>) => {
      const current = new URLSearchParams(window.location.search);
      const query = writeUrlState(current, defaults, patch as UrlValues).toString();
      const path = window.location.pathname;
      window.history.replaceState(null, '', query === '' ? path : `${path}?${query}`);
    },
    [defaults],
  );
  return [state, change];
}
