'use client';
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo } from 'react';
import type { LogFilter, LogKind } from '@/lib/admin/contract/logs';
import { logPagesQuery, logTailQuery, withTail, type LogItem } from '@/lib/client/logs';

const noRows: readonly LogItem[] = [];

/** The log backwards in time, longer as one scrolls; while `isLive` new rows come in at the top. */
export function useLogRows(kind: LogKind, filter: LogFilter, isLive: boolean) {
  const client = useQueryClient();
  const pages = useInfiniteQuery(logPagesQuery(kind, filter));
  const tail = useQuery({ ...logTailQuery(kind, filter), enabled: isLive && pages.isSuccess });
  const known = useMemo(() => pages.data?.pages.flatMap((page) => page.items) ?? noRows, [pages.data]);
  const merged = useMemo(
    () => withTail(known, isLive ? (tail.data?.items ?? noRows) : noRows),
    [known, tail.data, isLive],
  );
  const hasGap = merged === undefined;
  const retry = useCallback(
    () => void client.resetQueries({ queryKey: logPagesQuery(kind, filter).queryKey }),
    [client, kind, filter],
  );
  // More came than one page of the tail holds: the rows between are fetched by starting over.
  useEffect(() => {
    if (hasGap) retry();
  }, [hasGap, retry]);

  const rows = merged ?? known;
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
  const newest = pages.data?.pages[0];
  return {
    rows,
    onRange,
    retry,
    hasMore: hasNextPage && !isCut,
    /** Where a search that took too long has stopped; undefined when it was not cut short. */
    searchedTo,
    searchOn,
    isSearching: isFetchingNextPage,
    isLoading: pages.isPending,
    error: pages.error,
    total: Math.max(rows.length, newest?.total ?? 0),
    isTotalApproximate: newest?.isTotalApproximate === true && hasNextPage,
  };
}
