'use client';
import { useEffect, useMemo } from 'react';
import { withTail } from '@/lib/client/logs';

interface Row {
  readonly id: string;
}

/** A list backwards in time, longer on request. */
interface Pages<T> {
  readonly data: { readonly pages: readonly { readonly items: readonly T[] }[] } | undefined;
  readonly refetch: (options: { readonly cancelRefetch: boolean }) => Promise<unknown>;
}

const noRows: readonly never[] = [];

/** The rows of all pages, and those at the top that have come since. */
export function useTailedList<T extends Row>({ data, refetch }: Pages<T>, tail: readonly T[]): readonly T[] {
  const known = useMemo(() => data?.pages.flatMap(({ items }) => items) ?? noRows, [data]);
  const merged = useMemo(() => withTail(known, tail), [known, tail]);
  const hasGap = merged === undefined;
  // More came than one page of the tail holds: until the rows between are there, the newest are the list.
  useEffect(() => {
    if (hasGap) void refetch({ cancelRefetch: false });
  }, [hasGap, tail, refetch]);
  return merged ?? tail;
}
