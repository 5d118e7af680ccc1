'use client';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { TokenItem } from '@/lib/admin/contract/tokens';
import { isGone } from '@/lib/client/api-error';
import { tokenQuery, type tokenListQuery } from '@/lib/client/tokens';

export type TokenPage = Awaited<ReturnType<NonNullable<ReturnType<typeof tokenListQuery>['queryFn']>>>;

/**
 * The token that is open by its id, with what others have changed of it meanwhile; `isGone` when it was revoked
 * elsewhere. One that is not on the page that is shown is asked for by itself.
 */
export function useOpenedToken(id: string, page: TokenPage | undefined) {
  const wanted = id === 'new' ? '' : id;
  const known = page?.items.find((token) => token.id === wanted);
  const isApart = wanted !== '' && page !== undefined && known === undefined;
  const { data, error } = useQuery({ ...tokenQuery(wanted), enabled: isApart });
  const token = useLastSeen(wanted, known ?? (isApart ? data : undefined));
  return { token: id === 'new' ? ('new' as const) : token, isGone: isApart && isGone(error) };
}

/** What was last known of it: what one types there stays when it is gone. */
function useLastSeen(id: string, now: TokenItem | undefined): TokenItem | undefined {
  const [seen, setSeen] = useState(now);
  if (now !== undefined && now !== seen) setSeen(now);
  return now ?? (seen?.id === id ? seen : undefined);
}
