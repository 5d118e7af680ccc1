'use client';
import { useQuery } from '@tanstack/react-query';
import { KeySquare, Plus } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import type { TokenItem } from '@/lib/admin/contract/tokens';
import { tokensQuery } from '@/lib/client/tokens';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { EmptyState } from '../ui/empty-state';
import { ErrorState } from '../ui/error-state';
import { SkeletonRows } from '../ui/skeleton';
import { TokenDialog } from './token-dialog';
import { TokenTable } from './token-table';

/** What clients are let in with. */
export function TokensTab() {
  const t = useTranslations('tokens');
  const { data, error, refetch } = useQuery(tokensQuery);
  const [edited, setEdited] = useState<TokenItem | 'new'>();

  const editedId = edited === 'new' ? undefined : edited?.id;
  const isGone =
    editedId !== undefined && data !== undefined && !data.items.some(({ id }) => id === editedId);

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
      {data === undefined ? (
        error === null ? (
          <SkeletonRows rows={4} className="p-4" />
        ) : (
          <ErrorState error={error} onRetry={() => void refetch()} />
        )
      ) : data.items.length === 0 ? (
        <EmptyState icon={KeySquare} title={t('empty')} />
      ) : (
        <TokenTable tokens={data.items} onRename={setEdited} />
      )}
      <p className="border-t border-line px-4 py-2.5 text-xs text-ink-faint">{t('hint')}</p>
      <TokenDialog token={edited} isGone={isGone} onClose={() => setEdited(undefined)} />
    </Card>
  );
}
