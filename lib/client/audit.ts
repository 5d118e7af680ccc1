import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { asked } from './asked';
import { follows } from './live-follower';
import { LOG_PAGE_SIZE } from './logs';
import { call } from './request';

const auditKey = ['audit'] as const;
/**
 * Not all that is noted changes something: what was given away, who signed in, and what other processes do is seen so
 * soon.
 */
const KEPT_MS = 5_000;

const fetchAudit = (cursor: string, signal: AbortSignal) =>
  call('audit.list', {
    query: { pageSize: LOG_PAGE_SIZE, ...(cursor === '' ? {} : { cursor }) },
    signal,
  });

/** Backwards in time, page by page. */
export const auditPagesQuery = infiniteQueryOptions({
  queryKey: [...auditKey, 'pages'],
  queryFn: ({ pageParam, signal }) => fetchAudit(pageParam, signal),
  initialPageParam: '',
  getNextPageParam: (page) => page.nextCursor,
});

/** The newest entries again and again. */
export const auditTailQuery = queryOptions({
  queryKey: [...auditKey, 'tail'],
  queryFn: ({ signal }) => asked(() => fetchAudit('', signal)),
  meta: follows(['settings', 'providers', 'keys', 'proxies', 'tokens'], 1_000, KEPT_MS),
  staleTime: 0,
  gcTime: 0,
});
