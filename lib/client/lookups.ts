import { queryOptions } from '@tanstack/react-query';
import { fetchKeys, keysKey } from './keys';
import { logsKey } from './logs';
import { call } from './request';
import { tokensKey } from './tokens';

/** What is found of each kind at most: who looks for more has a page for it. */
const FOUND_MAX = 6;
const STALE_MS = 5_000;

/** Keys by their end, their note, their account, or as a whole. */
export const keyLookup = (search: string) =>
  queryOptions({
    queryKey: [...keysKey, 'lookup', search],
    queryFn: ({ signal }) => fetchKeys({ search, pageSize: FOUND_MAX }, signal),
    staleTime: STALE_MS,
    // It may be a key.
    gcTime: 0,
  });

/** Client tokens by their name, their note or their hint. */
export const tokenLookup = (search: string) =>
  queryOptions({
    queryKey: [...tokensKey, 'lookup', search],
    queryFn: ({ signal }) => call('tokens.list', { query: { search, pageSize: FOUND_MAX }, signal }),
    staleTime: STALE_MS,
  });

/**
 * Requests by their id or the provider's. One of the provider's that is far back is searched for on the page of the
 * logs, which says how far it got.
 */
export const requestLookup = (id: string) =>
  queryOptions({
    queryKey: [...logsKey, 'lookup', id],
    queryFn: ({ signal }) => call('logs.requests', { query: { text: id, pageSize: FOUND_MAX }, signal }),
    staleTime: STALE_MS,
  });
