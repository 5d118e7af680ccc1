'use client';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import type { AuditItem } from '@/lib/admin/contract/audit';
import { auditPagesQuery, auditTailQuery } from '@/lib/client/audit';
import { withTail } from '@/lib/client/logs';

const noItems: readonly AuditItem[] = [];

/** The audit list backwards in time, longer on request; what is done meanwhile comes in at the top. */
export function useAuditRows() {
  const pages = useInfiniteQuery(auditPagesQuery);
  const { data: newest } = useQuery({ ...auditTailQuery, enabled: pages.isSuccess });
  const known = useMemo(() => pages.data?.pages.flatMap(({ items }) => items) ?? noItems, [pages.data]);
  const tail = newest?.items ?? noItems;
  const merged = useMemo(() => withTail(known, tail), [known, tail]);
  const hasGap = merged === undefined;
  const { refetch } = pages;
  // More came than one page of the tail holds: until those between are there, the newest are the list.
  useEffect(() => {
    if (hasGap) void refetch({ cancelRefetch: false });
  }, [hasGap, tail, refetch]);
  return { ...pages, items: merged ?? tail };
}
