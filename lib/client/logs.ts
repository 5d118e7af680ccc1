import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { EndpointAnswer, EndpointBody } from '../admin/contract/endpoint';
import type { ErrorLogItem, LogFilter, LogKind, logsApi, RequestLogItem } from '../admin/contract/logs';
import { adminUrl, call } from './request';
import { every } from './polling';

type Api = typeof logsApi;
export type LogItem = RequestLogItem | ErrorLogItem;
type LogPage = Omit<EndpointAnswer<Api['requests']>, 'items'> & { readonly items: readonly LogItem[] };

export const logsKey = ['logs'] as const;
const PAGE_SIZE = 100;
/** What comes in is among the newest rows: looking for it every two seconds must not be a search through all of them. */
const TAIL_SEARCH_MS = 100;

interface Place {
  readonly cursor?: string | undefined;
  readonly searchMs?: number;
}

function fetchLogs(kind: LogKind, filter: LogFilter, place: Place, signal: AbortSignal) {
  const query = { ...filter, ...place, pageSize: PAGE_SIZE };
  return kind === 'requests'
    ? call<Api['requests']>('GET', '/logs/requests', { query, signal })
    : call<Api['errors']>('GET', '/logs/errors', { query, signal });
}

/** The log backwards in time, page by page. */
export const logPagesQuery = (kind: LogKind, filter: LogFilter) =>
  infiniteQueryOptions({
    queryKey: [...logsKey, kind, filter, 'pages'],
    queryFn: ({ pageParam, signal }): Promise<LogPage> =>
      fetchLogs(kind, filter, { cursor: pageParam === '' ? undefined : pageParam }, signal),
    initialPageParam: '',
    getNextPageParam: (page) => page.nextCursor,
    staleTime: Infinity,
  });

/** The newest rows again and again. */
export const logTailQuery = (kind: LogKind, filter: LogFilter) =>
  queryOptions({
    queryKey: [...logsKey, kind, filter, 'tail'],
    queryFn: ({ signal }): Promise<LogPage> => fetchLogs(kind, filter, { searchMs: TAIL_SEARCH_MS }, signal),
    refetchInterval: every(2_000),
    staleTime: 0,
    gcTime: 0,
  });

export const storyQuery = (id: string) =>
  queryOptions({
    queryKey: [...logsKey, 'story', id],
    queryFn: ({ signal }) => call<Api['read']>('GET', '/logs/{id}', { params: { id }, signal }),
    staleTime: 60_000,
  });

export const deleteLogs = (body: EndpointBody<Api['delete']>) =>
  call<Api['delete']>('POST', '/logs/delete', { body });

export const logExportUrl = (kind: LogKind, format: 'csv' | 'jsonl', filter: LogFilter) =>
  adminUrl('/logs/export', { query: { kind, format, ...filter } });

/**
 * New rows before those that are known, each once, the newest first. Undefined when there is a gap between the two: then
 * rows were missed, and the list has to be fetched anew.
 */
export function withTail<T extends { readonly id: string }>(
  known: readonly T[],
  tail: readonly T[],
): readonly T[] | undefined {
  const newest = known[0];
  const oldestOfTail = tail.at(-1);
  if (newest === undefined || oldestOfTail === undefined) return tail.length === 0 ? known : tail;
  if (tail.length >= PAGE_SIZE && oldestOfTail.id > newest.id) return undefined;
  const fresh = tail.filter((row) => row.id > newest.id);
  return fresh.length === 0 ? known : [...fresh, ...known];
}

export const recentErrorsQuery = queryOptions({
  queryKey: [...logsKey, 'errors', 'recent'],
  queryFn: ({ signal }) => call<Api['errors']>('GET', '/logs/errors', { query: { pageSize: 8 }, signal }),
  refetchInterval: every(5_000),
});
