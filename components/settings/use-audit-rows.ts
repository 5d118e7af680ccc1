'use client';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { AuditItem } from '@/lib/admin/contract/audit';
import { auditPagesQuery, auditTailQuery } from '@/lib/client/audit';
import { useTailedList } from '../shared/use-tailed-list';

const noItems: readonly AuditItem[] = [];

/** The audit list backwards in time, longer on request; what is done meanwhile comes in at the top. */
export function useAuditRows() {
  const pages = useInfiniteQuery(auditPagesQuery);
  const { data: newest } = useQuery({ ...auditTailQuery, enabled: pages.isSuccess });
  const items = useTailedList(pages, newest?.items ?? noItems);
  return { ...pages, items };
}
