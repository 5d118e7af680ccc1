'use client';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { KeySquare, Pencil, Plus, Trash2 } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import { toast } from 'sonner';
import { useTranslations } from '@/i18n/use-translations';
import type { TokenItem } from '@/lib/admin/contract/tokens';
import { formatCount } from '@/lib/client/format';
import { revokeToken, tokensKey, tokensQuery } from '@/lib/client/tokens';
import { useConfirm } from '../layout/confirm';
import { TimeAgo } from '../shared/time';
import { useAct } from '../shared/use-act';
import { Badge } from '../ui/badge';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { EmptyState } from '../ui/empty-state';
import { ErrorState } from '../ui/error-state';
import { SkeletonRows } from '../ui/skeleton';
import { Table, Td, Th, Tr } from '../ui/table';
import { TokenDialog } from './token-dialog';

/** What clients are let in with. */
export function TokensTab() {
  const t = useTranslations('tokens');
  const client = useQueryClient();
  const confirm = useConfirm();
  const act = useAct();
  const { data, error, refetch } = useQuery(tokensQuery);
  const [edited, setEdited] = useState<TokenItem | 'new'>();

  const editedId = edited === 'new' ? undefined : edited?.id;
  const isGone =
    editedId !== undefined && data !== undefined && !data.items.some(({ id }) => id === editedId);

  const revoke = async (token: TokenItem) => {
    const isSure = await confirm({
      title: t('revokeTitle', { name: token.name }),
      text: t('revokeText'),
      action: t('revoke'),
      isDangerous: true,
    });
    if (!isSure) return;
    const done = await act(() => revokeToken(token.id), t('revokeFailed'));
    if (done !== undefined) toast.success(t('revoked', { name: token.name }));
    await client.invalidateQueries({ queryKey: tokensKey });
  };

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
        <Table label={t('title')}>
          <thead>
            <tr>
              <Th>{t('columns.name')}</Th>
              <Th>{t('columns.token')}</Th>
              <Th>{t('columns.source')}</Th>
              <Th className="text-right">{t('columns.requests')}</Th>
              <Th className="text-right">{t('columns.lastUsed')}</Th>
              <Th className="text-right">{t('columns.created')}</Th>
              <Th>
                <span className="sr-only">{t('columns.actions')}</span>
              </Th>
            </tr>
          </thead>
          <tbody>
            {data.items.map((token) => (
              <Tr key={token.id}>
                <Td className="font-medium break-words [overflow-wrap:anywhere]">
                  {token.name === '' ? '–' : token.name}
                </Td>
                <Td>
                  <Link
                    prefetch={false}
                    href={`/logs?token=${encodeURIComponent(token.hint)}`}
                    className="hit font-mono text-xs whitespace-nowrap hover:underline"
                  >
                    {token.hint}
                  </Link>
                </Td>
                <Td>
                  <span className="flex gap-1">
                    <Badge>{t(`sources.${token.source}`)}</Badge>
                    {token.isAdmin && <Badge tone="warn">{t('isAdmin')}</Badge>}
                  </span>
                </Td>
                <Td label={t('columns.requests')} className="text-right">
                  {formatCount(token.requestCount)}
                </Td>
                <Td label={t('columns.lastUsed')} className="text-right whitespace-nowrap text-ink-soft">
                  <TimeAgo at={token.lastUsedAt} />
                </Td>
                <Td label={t('columns.created')} className="text-right whitespace-nowrap text-ink-soft">
                  <TimeAgo at={token.createdAt} />
                </Td>
                <Td>
                  {token.source === 'dashboard' && (
                    <span className="flex justify-end">
                      <Button
                        look="ghost"
                        size="iconSm"
                        aria-label={t('renameLabel', { name: token.name })}
                        onClick={() => setEdited(token)}
                      >
                        <Pencil aria-hidden />
                      </Button>
                      <Button
                        look="dangerGhost"
                        size="iconSm"
                        aria-label={t('revokeLabel', { name: token.name })}
                        onClick={() => void revoke(token)}
                      >
                        <Trash2 aria-hidden />
                      </Button>
                    </span>
                  )}
                </Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      )}
      <p className="border-t border-line px-4 py-2.5 text-xs text-ink-faint">{t('hint')}</p>
      <TokenDialog token={edited} isGone={isGone} onClose={() => setEdited(undefined)} />
    </Card>
  );
}
