'use client';
import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { KeySquare, Plus } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import type { TokenItem } from '@/lib/admin/contract/tokens';
import { tokenListQuery, type TokenListQuery } from '@/lib/client/tokens';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { EmptyState } from '../ui/empty-state';
import { ErrorState } from '../ui/error-state';
import { SkeletonRows } from '../ui/skeleton';
import { TokenDialog } from './token-dialog';
import { TokenFilesMenu } from './token-files-menu';
import {
  isTokenFiltered,
  noTokenView,
  PAGE_SIZE,
  TokenFilters,
  TokenPages,
  type TokenView,
} from './token-filters';
import { TokenTable } from './token-table';
import { useOpenedToken, type TokenPage } from './use-opened-token';

/** So many need no filter. */
const FEW = 8;

interface TokensTabProps {
  /** The id of the token whose form is open, or `new`; empty while none is. */
  readonly opened: string;
  readonly onOpen: (id: string) => void;
}

/** What clients are let in with. */
export function TokensTab({ opened, onOpen }: TokensTabProps) {
  const t = useTranslations('tokens');
  const [view, setView] = useState(noTokenView);
  const list = useQuery(tokenListQuery(queryOf(view)));
  const { token, isGone } = useOpenedToken(opened, list.data);
  const total = list.data?.total ?? 0;
  return (
    <Card
      title={t('title')}
      bodyClassName="p-0"
      aside={
        <span className="flex items-center gap-2">
          <Button size="sm" look="primary" needs="tokens.create" onClick={() => onOpen('new')}>
            <Plus aria-hidden />
            {t('add')}
          </Button>
          <TokenFilesMenu />
        </span>
      }
    >
      {(total > FEW || isTokenFiltered(view)) && (
        <TokenFilters view={view} onChange={(patch) => setView({ ...view, page: 1, ...patch })} />
      )}
      <TokenList list={list} isFiltered={isTokenFiltered(view)} onEdit={({ id }) => onOpen(id)} />
      {total > PAGE_SIZE && (
        <TokenPages page={view.page} total={total} onChange={(page) => setView({ ...view, page })} />
      )}
      <p className="border-t border-line px-4 py-2.5 text-xs text-ink-faint">{t('hint')}</p>
      <TokenDialog token={token} isGone={isGone} onClose={() => onOpen('')} />
    </Card>
  );
}

interface TokenListProps {
  readonly list: UseQueryResult<TokenPage>;
  readonly isFiltered: boolean;
  readonly onEdit: (token: TokenItem) => void;
}

function TokenList({ list: { data, error, refetch }, isFiltered, onEdit }: TokenListProps) {
  const t = useTranslations('tokens');
  if (data === undefined && error !== null)
    return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <SkeletonRows rows={4} className="p-4" />;
  if (data.items.length > 0) return <TokenTable tokens={data.items} onEdit={onEdit} />;
  return <EmptyState icon={KeySquare} title={t(isFiltered ? 'noneFound' : 'empty')} />;
}

function queryOf({ search, status, page }: TokenView): TokenListQuery {
  return {
    page,
    pageSize: PAGE_SIZE,
    ...(search !== '' && { search }),
    ...(status !== '' && { status }),
  };
}
