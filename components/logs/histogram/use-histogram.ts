'use client';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { LogFilter, LogKind } from '@/lib/admin/contract/logs';
import { histogramFollows, logHistogramQuery } from '@/lib/client/log-histogram';
import { logFilterOf, type LogView } from '../log-view';

/** What was counted thoroughly stays as it was then. */
interface Still {
  readonly name: string;
  readonly filter: LogFilter;
}

/** What somebody wants to have counted thoroughly, as long as the view says the same. */
function useStill(kind: LogKind, view: LogView, filter: LogFilter) {
  const name = JSON.stringify([kind, view.since, logFilterOf(view, 0)]);
  const [still, setStill] = useState<Still>();
  if (still !== undefined && still.name !== name) setStill(undefined);
  return {
    held: still?.name === name ? still.filter : undefined,
    hold: () => setStill({ name, filter }),
  };
}

/**
 * The bars of what the list shows. While `isLive` they follow the traffic, the slower the longer counting takes. If it
 * takes too long, `countOn` counts longer, once.
 */
export function useHistogram(kind: LogKind, view: LogView, filter: LogFilter, isLive: boolean) {
  const { held, hold } = useStill(kind, view, filter);
  const isThorough = held !== undefined;
  const isFollowing = isLive && !isThorough;
  const [tookMs, setTookMs] = useState(0);
  const { data, error, refetch, isPlaceholderData, dataUpdatedAt } = useQuery({
    ...logHistogramQuery(kind, held ?? filter, isThorough),
    ...(isFollowing && { meta: histogramFollows(tookMs) }),
    staleTime: isFollowing ? 0 : Infinity,
  });
  if (data !== undefined && data.tookMs !== tookMs) setTookMs(data.tookMs);
  return {
    answer: data,
    error,
    retry: () => void refetch(),
    isThorough,
    /** It counts longer now, and what is shown is what there was before. */
    isCounting: isThorough && isPlaceholderData,
    countedAt: dataUpdatedAt,
    countOn: hold,
  };
}
