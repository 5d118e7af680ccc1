'use client';
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useState } from 'react';
import type { LogFilter, LogKind } from '@/lib/admin/contract/logs';
import { logPagesQuery, logTailQuery, type LogItem } from '@/lib/client/logs';
import { goesOnSearching } from './search-goes-on';
import { useTailedList } from '../shared/use-tailed-list';

const noRows: readonly LogItem[] = [];
/** Older rows are asked for when so few are left below. */
const ROWS_AHEAD = 20;

interface Tail {
  readonly items: readonly LogItem[];
}

/**
 * The log backwards in time, longer as one scrolls. While `isLive` new rows come in at the top, unless the list is to
 * be held still for whoever reads further down.
 */
export function useLogRows(kind: LogKind, filter: LogFilter, isLive: boolean, isHeld: boolean) {
  const client = useQueryClient();
  const pages = useLogPages(kind, filter);
  const { data: newest } = useQuery({ ...logTailQuery(kind, filter), enabled: isLive && pages.isSuccess });
  const tail = useHeldTail(newest, filter, isHeld);
  const rows = useTailedList<LogItem>(pages, isLive ? tail : noRows);
  const live = isLive ? newest : undefined;
  const newRows = useCountOfNew(rows, isHeld ? live : undefined);
  const older = useOlderRows(pages, rows.length);
  const retry = useCallback(
    () => void client.resetQueries({ queryKey: logPagesQuery(kind, filter).queryKey }),
    [client, kind, filter],
  );
  const counted = live ?? pages.data?.pages[0];
  return {
    rows,
    /** How many came while the list is held, as far as they are known. */
    newRows,
    ...older,
    retry,
    isLoading: pages.isPending,
    error: pages.error,
    total: Math.max(rows.length, counted?.total ?? 0),
    isTotalApproximate: counted?.isTotalApproximate === true && pages.hasNextPage,
  };
}

function useLogPages(kind: LogKind, filter: LogFilter) {
  return useInfiniteQuery(logPagesQuery(kind, filter));
}

/** Asks for more as the last rows come into sight, and while a search has found too little. */
function useOlderRows(pages: ReturnType<typeof useLogPages>, rowCount: number) {
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage } = pages;
  // A search that took too long goes on when a person says so, not by scrolling.
  const searchedTo = data?.pages.at(-1)?.searchedTo ?? undefined;
  const hasMore = hasNextPage && searchedTo === undefined;
  const onRange = useCallback(
    (_first: number, last: number) => {
      if (last >= rowCount - ROWS_AHEAD && hasMore && !isFetchingNextPage) void fetchNextPage();
    },
    [rowCount, hasMore, isFetchingNextPage, fetchNextPage],
  );
  const searchOn = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  const isSound = hasNextPage && pages.error === null && !pages.isPlaceholderData;
  const isGoingOn = isSound && data !== undefined && goesOnSearching(data.pages);
  useEffect(() => {
    if (isGoingOn && !isFetchingNextPage) void fetchNextPage();
  }, [isGoingOn, isFetchingNextPage, fetchNextPage]);
  return {
    onRange,
    hasMore,
    /** Where a search that took too long has stopped; undefined when it was not cut short. */
    searchedTo,
    searchOn,
    isSearching: isFetchingNextPage || isGoingOn,
  };
}

/** The newest rows. What is held is what was there of this filter when the holding began. */
function useHeldTail(newest: Tail | undefined, filter: LogFilter, isHeld: boolean): readonly LogItem[] {
  const [held, setHeld] = useState({ filter, newest });
  const isOther = held.filter !== filter;
  if (isOther || (!isHeld && held.newest !== newest)) setHeld({ filter, newest });
  return (isHeld && !isOther ? held.newest : newest)?.items ?? noRows;
}

/** How many of the newest rows are not among those shown. */
function useCountOfNew(shown: readonly LogItem[], newest: Tail | undefined): number {
  return useMemo(() => {
    if (newest === undefined) return 0;
    const ids = new Set(shown.map(({ id }) => id));
    return newest.items.filter(({ id }) => !ids.has(id)).length;
  }, [shown, newest]);
}
