import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { EndpointAnswer, EndpointBody } from '../admin/contract/endpoint';
import type { ErrorLogItem, LogFilter, LogKind, logsApi, RequestLogItem } from '../admin/contract/logs';
import { ApiError, isGone } from './api-error';
import { call, urlOf } from './request';
import { asked } from './asked';
import { follows } from './live-follower';

type Api = typeof logsApi;
export type LogItem = RequestLogItem | ErrorLogItem;
export type LogPage = Omit<EndpointAnswer<Api['requests']>, 'items'> & { readonly items: readonly LogItem[] };

export const logsKey = ['logs'] as const;
export const LOG_PAGE_SIZE = 100;
/** What comes in is among the newest rows: looking for it every second must not be a search through all of them. */
const TAIL_SEARCH_MS = 100;

interface Place {
  readonly cursor?: string | undefined;
  readonly searchMs?: number;
}

function fetchLogs(kind: LogKind, filter: LogFilter, place: Place, signal: AbortSignal) {
  const query = { ...filter, ...place, pageSize: LOG_PAGE_SIZE };
  return kind === 'requests'
    ? call('logs.requests', { query, signal })
    : call('logs.errors', { query, signal });
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
    // A window of time moves on by the minute, and that is no reason to take the list away.
    placeholderData: (previous, query) =>
      query !== undefined && isSameButTime(query.queryKey, kind, filter) ? previous : undefined,
  });

/** The newest rows again and again. */
export const logTailQuery = (kind: LogKind, filter: LogFilter) =>
  queryOptions({
    queryKey: [...logsKey, kind, filter, 'tail'],
    queryFn: ({ signal }) =>
      asked<LogPage>(() => fetchLogs(kind, filter, { searchMs: TAIL_SEARCH_MS }, signal)),
    meta: follows(['traffic']),
    staleTime: 0,
    gcTime: 0,
  });

export const storyQuery = (id: string) =>
  queryOptions({
    queryKey: [...logsKey, 'story', id],
    queryFn: ({ signal }) => call('logs.read', { params: { id }, signal }),
    staleTime: 60_000,
  });

/** Rows are written in batches; so often the one of a request that has ended is looked for, half a second apart. */
const FIND_TRIES = 16;

/** The row of a request by its request id. Fails if the log does not have it some seconds after the request's end. */
export const requestLogQuery = (requestId: string) =>
  queryOptions({
    queryKey: [...logsKey, 'request', requestId],
    queryFn: async ({ signal }) => {
      const { items } = await call('logs.requests', { query: { text: requestId, pageSize: 1 }, signal });
      if (items[0] === undefined) throw new ApiError(404, 'not_found', 'The log does not have it');
      return items[0];
    },
    retry: (failures, error) => isGone(error) && failures < FIND_TRIES,
    retryDelay: 500,
    staleTime: Infinity,
  });

export const deleteLogs = (body: EndpointBody<Api['delete']>) => call('logs.delete', { body });

export const logExportUrl = (kind: LogKind, format: 'csv' | 'jsonl', filter: LogFilter) =>
  urlOf('logs.export', { query: { kind, format, ...filter } });

/** Whether a query of a log has asked for the same kind and filter, but for when that begins. */
export function isSameButTime(queryKey: readonly unknown[], kind: LogKind, filter: LogFilter): boolean {
  const known = queryKey[2] as LogFilter;
  const nameOf = (one: LogFilter) => JSON.stringify({ ...one, from: 0 });
  return queryKey[1] === kind && nameOf(known) === nameOf(filter);
}

/**
 * The newest rows together with those that are known, each once, the newest first: a request that took long has its
 * place among those that began with it. Undefined when there is a gap between the two: then rows were missed.
 */
export function withTail<T extends { readonly id: string }>(
  known: readonly T[],
  tail: readonly T[],
): readonly T[] | undefined {
  const newest = known[0];
  const oldestOfTail = tail.at(-1);
  if (newest === undefined || oldestOfTail === undefined) return tail.length === 0 ? known : tail;
  if (tail.length >= LOG_PAGE_SIZE && oldestOfTail.id > newest.id) return undefined;
  const ids = new Set(known.map(({ id }) => id));
  const fresh = tail.filter(({ id }) => !ids.has(id));
  if (fresh.length === 0) return known;
  return [...fresh, ...known].sort((a, b) => (a.id < b.id ? 1 : -1));
}

export const RECENT_ERRORS = 8;

export const recentErrorsQuery = queryOptions({
  queryKey: [...logsKey, 'errors', 'recent'],
  queryFn: ({ signal }) => asked(() => call('logs.errors', { query: { pageSize: RECENT_ERRORS }, signal })),
  meta: follows(['traffic']),
  staleTime: 0,
});
