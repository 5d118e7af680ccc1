'use client';
import { usePathname, useSearchParams } from 'next/navigation';
import { useCallback, useEffect, useLayoutEffect, useMemo, useState } from 'react';
import { arrival } from '@/lib/client/arrival';
import { keptQuery, readUrlState, withKept, writeUrlState } from '@/lib/client/url-state';
import { viewMemory } from '@/lib/client/view-memory';

/**
 * Filters, order and tabs live in the address, so that a view can be sent, kept and come back to. `defaults` has to be
 * a constant. Changing them asks the server for nothing. Once a page: it is also what finds the page as it was left,
 * where a link that names no filter of its own leads to it.
 *
 * `drawer` names the value that opens a drawer, and others that belong to it: opening it is a step that the browser's
 * Back button undoes, and closing it takes that step back. They are not kept.
 */
export function useUrlState<T extends Readonly<Record<string, string>>>(
  defaults: T,
  ...drawer: readonly (keyof T & string)[]
): readonly [T, (patch: Partial<T>) => void] {
  const [opener] = drawer;
  const query = useLeftQuery(defaults, drawer);
  const state = useMemo(() => readUrlState(new URLSearchParams(query), defaults), [query, defaults]);
  const change = useCallback(
    (patch: Partial<T>) => {
      const { history, location } = window;
      const current = new URLSearchParams(location.search);
      const url = urlOf(location.pathname, writeUrlState(current, defaults, patch as Record<string, string>));
      const isOpen = opener !== undefined && current.has(opener);
      const opens = opener !== undefined && (patch[opener] ?? '') !== '';
      if (opens && !isOpen) history.pushState({ hasOpenedDrawer: true }, '', url);
      else if (isOpen && !opens && opener in patch && hasOpenedDrawer(history.state)) history.back();
      else replaceUrl(url);
    },
    [defaults, opener],
  );
  return [state, change];
}

/** The query of the address; on coming by a link that names nothing to keep, with what was kept. */
function useLeftQuery(defaults: Readonly<Record<string, string>>, drawer: readonly string[]): string {
  const path = usePathname();
  const query = useSearchParams().toString();
  // A document is come to by the browser's own means, so that what the server made of it stays.
  const [left, setLeft] = useState<{ readonly from: string; readonly to: string } | undefined>(() => {
    if (typeof window === 'undefined' || arrival.isByHistory(path)) return undefined;
    const kept = viewMemory.queryOf(path);
    const to = withKept(new URLSearchParams(query), defaults, drawer, kept).toString();
    return to === query ? undefined : { from: query, to };
  });
  // The address has followed; from now on it alone counts.
  if (left !== undefined && query !== left.from) setLeft(undefined);
  const shown = left !== undefined && query === left.from ? left.to : query;
  const missing = left?.to;
  useLayoutEffect(() => {
    if (missing !== undefined) replaceUrl(urlOf(path, new URLSearchParams(missing)));
  }, [path, missing]);
  const toKeep = keptQuery(new URLSearchParams(shown), defaults, drawer);
  useEffect(() => viewMemory.keep(path, toKeep), [path, toKeep]);
  useEffect(() => () => arrival.left(path), [path]);
  return shown;
}

function urlOf(path: string, search: URLSearchParams): string {
  const query = search.toString();
  return query === '' ? path : `${path}?${query}`;
}

function replaceUrl(url: string): void {
  const { history } = window;
  history.replaceState(hasOpenedDrawer(history.state) ? { hasOpenedDrawer: true } : null, '', url);
}

function hasOpenedDrawer(state: unknown): boolean {
  return typeof state === 'object' && state !== null && 'hasOpenedDrawer' in state;
}
