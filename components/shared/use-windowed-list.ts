'use client';
import { keepPreviousData, useQueries, useQuery, useQueryClient, type QueryKey } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import { pagesOf, placeOf } from '@/lib/client/page-windows';
import { useDebounced } from './use-debounced';
import { asked, type Asked } from '@/lib/client/asked';
import type { Follows } from '@/lib/client/live-follower';

export interface ListPage<T> {
  readonly items: readonly T[];
  readonly total: number;
}

export interface PageRequest {
  readonly page: number;
  readonly pageSize: number;
  readonly signal: AbortSignal;
}

interface Options<T> {
  /** Names the list with its filters and order; the page number is put behind it. */
  readonly queryKey: QueryKey;
  readonly fetchPage: (request: PageRequest) => Promise<ListPage<T>>;
  readonly pageSize?: number;
  /** False where there is nothing to ask for. */
  readonly isEnabled?: boolean;
  /** What has pages asked for anew. */
  readonly meta: Follows;
  /** Lays what is newer over a page while rendering. */
  readonly merge?: (page: Asked<ListPage<T>>) => ListPage<T>;
}

export interface WindowedList<T> {
  readonly total: number;
  readonly rowAt: (index: number) => T | undefined;
  readonly onRange: (first: number, last: number) => void;
  readonly isLoading: boolean;
  /** What is shown belongs to the filter before. */
  readonly isChanging: boolean;
  readonly error: Error | null;
  readonly retry: () => void;
}

/** Scrolling past pages must not ask for each of them. */
const SETTLE_MS = 60;

/** A list on the server of which only the pages in sight are fetched and kept. */
export function useWindowedList<T>(options: Options<T>): WindowedList<T> {
  const { queryKey, fetchPage, pageSize = 100, meta, merge, isEnabled = true } = options;
  const client = useQueryClient();
  const [range, setRange] = useState({ first: 0, last: 0 });
  const settled = useDebounced(range, SETTLE_MS);
  const pageQuery = (page: number) => ({
    queryKey: [...queryKey, page],
    queryFn: ({ signal }: { signal: AbortSignal }) => asked(() => fetchPage({ page, pageSize, signal })),
    meta,
    enabled: isEnabled,
    staleTime: 0,
  });
  const head = useQuery({ ...pageQuery(1), placeholderData: keepPreviousData });
  const total = head.data?.total ?? 0;
  const lastPage = Math.max(1, Math.ceil(total / pageSize));
  const wanted = pagesOf(settled.first, settled.last, pageSize).filter(
    (page) => page > 1 && page <= lastPage,
  );
  const rest = useQueries({ queries: wanted.map(pageQuery) });

  // Each page once for each rendering, however many of its rows are shown.
  const mergedPages = new Map<Asked<ListPage<T>>, ListPage<T>>();
  const merged = (page: Asked<ListPage<T>>): ListPage<T> => {
    const known = mergedPages.get(page) ?? merge?.(page) ?? page;
    mergedPages.set(page, known);
    return known;
  };
  const onRange = useCallback((first: number, last: number) => setRange({ first, last }), []);
  const rowAt = (index: number): T | undefined => {
    const { page, offset } = placeOf(index, pageSize);
    const known = wanted.indexOf(page);
    const data =
      page === 1
        ? head.data
        : known === -1
          ? client.getQueryData<Asked<ListPage<T>>>([...queryKey, page])
          : rest[known]?.data;
    return (data === undefined ? undefined : merged(data))?.items[offset];
  };

  return {
    total,
    rowAt,
    onRange,
    isLoading: head.isPending,
    isChanging: head.isPlaceholderData,
    error: head.error ?? rest.find((query) => query.error !== null)?.error ?? null,
    retry: () => void client.invalidateQueries({ queryKey }),
  };
}
