'use client';
import { useQuery } from '@tanstack/react-query';
import { KeySquare, Plus } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import type { TokenItem } from '@/lib/admin/contract/tokens';
import { tokenListQuery } from '@/lib/client/tokens';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { EmptyState } from '../ui/empty-state';
import { ErrorState } from '../ui/error-state';
import { SkeletonRows } from '../ui/skeleton';
import { TokenDialog } from './token-dialog';
import {
  isTokenFiltered,
  noTokenView,
  PAGE_SIZE,
  TokenFilters,
  TokenPages,
  type TokenView,
} from './token-filters';
import { TokenTable } from './token-table';

/** What clients are let in with. */
export function TokensTab() {
  const t = useTranslations('tokens');
  const [view, setView] = useState(noTokenView);
  const { data, error, refetch } = useQuery(tokenListQuery(queryOf(view)));
  const [edited, setEdited] = useState<TokenItem | 'new'>();

  const fresh = edited === 'new' ? edited : (data?.items.find(({ id }) => id === edited?.id) ?? edited);
  const isWhole = data !== undefined && data.total <= data.items.length && !isTokenFiltered(view);
  const isGone = isWhole && fresh !== 'new' && fresh !== undefined && !data.items.includes(fresh);

  return (
    <Card
      title={t('title')}
      bodyClassName="p-0"
      aside={
        <Button size="sm" look="primary" onClick={() => setEdited('new')}>
          <Plus aria-hidden />
          {t('add')}
        </Button>
      }
    >
      {data !== undefined && (data.total > 8 || isTokenFiltered(view)) && (
        <TokenFilters view={view} onChange={(patch) => setView({ ...view, page: 1, ...patch })} />
      )}
      {data === undefined ? (
        error === null ? (
          <SkeletonRows rows={4} className="p-4" />
        ) : (
          <ErrorState error={error} onRetry={() => void refetch()} />
        )
      ) : data.items.length === 0 ? (
        <EmptyState icon={KeySquare} title={t(isTokenFiltered(view) ? 'noneFound' : 'empty')} />
      ) : (
        <TokenTable tokens={data.items} onEdit={setEdited} />
      )}
      {data !== undefined && data.total > PAGE_SIZE && (
        <TokenPages page={view.page} total={data.total} onChange={(page) => setView({ ...view, page })} />
      )}
      <p className="border-t border-line px-4 py-2.5 text-xs text-ink-faint">{t('hint')}</p>
      <TokenDialog token={fresh} isGone={isGone} onClose={() => setEdited(undefined)} />
    </Card>
  );
}

function queryOf({ search, status, page }: TokenView) {
  return {
    page,
    pageSize: PAGE_SIZE,
    ...(search !== '' && { search }),
    ...(status !== '' && { status }),
  };
}
