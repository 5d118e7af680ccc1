'use client';
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useState } from 'react';
import type { LogFilter, LogKind } from '@/lib/admin/contract/logs';
import { logPagesQuery, logTailQuery, withTail, type LogItem } from '@/lib/client/logs';

const noRows: readonly LogItem[] = [];

/**
 * The log backwards in time, longer as one scrolls. While `isLive` new rows come in at the top, unless the list is to
 * be held still for whoever reads further down.
 */
export function useLogRows(kind: LogKind, filter: LogFilter, isLive: boolean, isHeld: boolean) {
  const client = useQueryClient();
  const pages = useInfiniteQuery(logPagesQuery(kind, filter));
  const { data: newest } = useQuery({ ...logTailQuery(kind, filter), enabled: isLive && pages.isSuccess });
  const [held, setHeld] = useState({ filter, newest });
  // What is held is what was there of this filter when the holding began.
  const isOther = held.filter !== filter;
  if (isOther || (!isHeld && held.newest !== newest)) setHeld({ filter, newest });
  const tail = isLive ? ((isHeld && !isOther ? held.newest : newest)?.items ?? noRows) : noRows;
  const known = useMemo(() => pages.data?.pages.flatMap((page) => page.items) ?? noRows, [pages.data]);
  const merged = useMemo(() => withTail(known, tail), [known, tail]);
  const hasGap = merged === undefined;
  const retry = useCallback(
    () => void client.resetQueries({ queryKey: logPagesQuery(kind, filter).queryKey }),
    [client, kind, filter],
  );
  const { refetch } = pages;
  // More came than one page of the tail holds: until the rows between are there, the newest are the list.
  useEffect(() => {
    if (hasGap) void refetch({ cancelRefetch: false });
  }, [hasGap, tail, refetch]);

  const rows = merged ?? tail;
  const newRows = useMemo(() => {
    if (!isLive || !isHeld || newest === undefined) return 0;
    const ids = new Set(rows.map(({ id }) => id));
    return newest.items.filter(({ id }) => !ids.has(id)).length;
  }, [isLive, isHeld, newest, rows]);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = pages;
  const oldest = pages.data?.pages.at(-1);
  // A search that took too long goes on when a person says so, not by scrolling.
  const searchedTo = oldest?.searchedTo ?? undefined;
  const isCut = searchedTo !== undefined;
  const onRange = useCallback(
    (_first: number, last: number) => {
      if (last >= rows.length - 20 && hasNextPage && !isCut && !isFetchingNextPage) void fetchNextPage();
    },
    [rows.length, hasNextPage, isCut, isFetchingNextPage, fetchNextPage],
  );
  const searchOn = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  const counted = (isLive ? newest : undefined) ?? pages.data?.pages[0];
  return {
    rows,
    /** How many came while the list is held, as far as they are known. */
    newRows,
    onRange,
    retry,
    hasMore: hasNextPage && !isCut,
    /** Where a search that took too long has stopped; undefined when it was not cut short. */
    searchedTo,
    searchOn,
    isSearching: isFetchingNextPage,
    isLoading: pages.isPending,
    error: pages.error,
    total: Math.max(rows.length, counted?.total ?? 0),
    isTotalApproximate: counted?.isTotalApproximate === true && hasNextPage,
  };
}
