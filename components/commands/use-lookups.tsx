'use client';
import { useQuery } from '@tanstack/react-query';
import { KeyRound, KeySquare, ScrollText, Search } from 'lucide-react';
import { useTranslations } from '@/i18n/use-translations';
import { keyLookup, requestLookup, tokenLookup } from '@/lib/client/lookups';
import { isRequestId, maybeSecret } from '@/lib/client/matching';
import { StatusCode } from '../shared/status-code';
import { Moment } from '../shared/time';
import { useDebounced } from '../shared/use-debounced';
import type { Command } from './command';
import { drawerHref } from './drawer-href';

const PAUSE_MS = 180;
/** An id of a client's own, or a key: whoever chooses to search for it knows which. */
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;
/** Fewer characters would find nearly everything. */
const LENGTH_MIN = 2;

/**
 * What the server finds for a search, once typing pauses. What was found for another text than stands there now is
 * never shown.
 */
export function useLookups(text: string) {
  const search = useDebounced(text, PAUSE_MS);
  const isCurrent = search === text;
  const kinds = kindsOf(search);
  const queries = {
    keys: useQuery({ ...keyLookup(search), enabled: kinds.keys }),
    tokens: useQuery({ ...tokenLookup(search), enabled: kinds.tokens }),
    requests: useQuery({ ...requestLookup(search), enabled: kinds.requests }),
  };
  const all = Object.values(queries);
  const failed = isCurrent ? all.filter(({ error }) => error !== null) : [];
  const isSettled = isCurrent && all.every(({ isFetching }) => !isFetching);
  const found = useFound(isCurrent ? queries : {});
  const searchLogs = useSearchLogs(search);
  return {
    ...found,
    isSearching: text.length >= LENGTH_MIN && !isSettled,
    error: failed[0]?.error ?? null,
    retry: () => failed.forEach(({ refetch }) => void refetch()),
    more: isSettled && kinds.logs ? [searchLogs] : [],
  };
}

/** What is searched for a text. What may be a secret is sent in no address. */
function kindsOf(search: string) {
  const isLong = search.length >= LENGTH_MIN;
  const isId = isRequestId(search);
  const isSecret = maybeSecret(search);
  return {
    keys: isLong && !isId,
    tokens: isLong && !isId && !isSecret,
    requests: isId,
    logs: isLong && (!isSecret || UUID.test(search)),
  };
}

interface Answers {
  readonly keys?: { readonly data: KeyAnswer | undefined };
  readonly tokens?: { readonly data: TokenAnswer | undefined };
  readonly requests?: { readonly data: RequestAnswer | undefined };
}
type AnswerOf<L extends (text: string) => { queryFn?: unknown }> =
  NonNullable<ReturnType<L>['queryFn']> extends (context: never) => infer R ? Awaited<R> : never;
type KeyAnswer = AnswerOf<typeof keyLookup>;
type TokenAnswer = AnswerOf<typeof tokenLookup>;
type RequestAnswer = AnswerOf<typeof requestLookup>;

function useFound({ keys, tokens, requests }: Answers) {
  return {
    keys: (keys?.data?.items ?? []).map(({ id, hint, provider, note }): Command => ({
      id: `key ${id}`,
      label: hint,
      hint: note === '' ? provider : `${provider} · ${note}`,
      icon: KeyRound,
      act: () => drawerHref('/keys', { key: id }),
    })),
    tokens: (tokens?.data?.items ?? []).map(({ id, name, hint, source }): Command => ({
      id: `token ${id}`,
      label: name === '' ? hint : name,
      hint: name === '' ? undefined : hint,
      icon: KeySquare,
      // Those of the settings are changed there.
      act:
        source === 'dashboard'
          ? `/settings?tab=tokens&token=${encodeURIComponent(id)}`
          : '/settings?tab=tokens',
    })),
    requests: (requests?.data?.items ?? []).map(({ id, requestId, status, outcome, model, at }): Command => ({
      id: `request ${id}`,
      label: requestId,
      hint: (
        <>
          <StatusCode status={status} outcome={outcome} /> {model} <Moment at={at} />
        </>
      ),
      icon: ScrollText,
      act: () => drawerHref('/logs', { log: id }),
    })),
  };
}

function useSearchLogs(search: string): Command {
  const t = useTranslations('commands');
  return {
    id: 'search logs',
    label: t('searchLogs', { text: search }),
    icon: Search,
    act: `/logs?text=${encodeURIComponent(search)}`,
  };
}
