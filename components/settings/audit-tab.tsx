'use client';
import { useInfiniteQuery } from '@tanstack/react-query';
import { ClipboardList } from 'lucide-react';
import { useTranslations } from 'next-intl';
import type { AuditItem } from '@/lib/admin/contract/audit';
import { auditQuery } from '@/lib/client/audit';
import { Moment } from '../shared/time';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { EmptyState } from '../ui/empty-state';
import { ErrorState } from '../ui/error-state';
import { SkeletonRows } from '../ui/skeleton';
import { Table, Td, Th, Tr } from '../ui/table';

/** Who changed what. */
export function AuditTab() {
  const t = useTranslations('audit');
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } =
    useInfiniteQuery(auditQuery);
  const items = data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Card title={t('title')} bodyClassName="p-0">
      {data === undefined ? (
        error === null ? (
          <SkeletonRows className="p-4" />
        ) : (
          <ErrorState error={error} onRetry={() => void refetch()} />
        )
      ) : items.length === 0 ? (
        <EmptyState icon={ClipboardList} title={t('empty')} />
      ) : (
        <Table label={t('title')}>
          <thead>
            <tr>
              <Th>{t('columns.time')}</Th>
              <Th>{t('columns.action')}</Th>
              <Th>{t('columns.target')}</Th>
              <Th>{t('columns.detail')}</Th>
              <Th>{t('columns.actor')}</Th>
            </tr>
          </thead>
          <tbody>
            {items.map((item) => (
              <AuditRow key={item.id} item={item} />
            ))}
          </tbody>
        </Table>
      )}
      {hasNextPage && (
        <div className="border-t border-line p-2 text-center">
          <Button size="sm" isBusy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {t('more')}
          </Button>
        </div>
      )}
    </Card>
  );
}

function AuditRow({ item }: { readonly item: AuditItem }) {
  const detail = Object.entries(item.detail).map(([name, value]) => `${name}: ${textOf(value)}`);
  return (
    <Tr>
      <Td className="text-xs whitespace-nowrap text-ink-soft">
        <Moment at={item.at} />
      </Td>
      <Td className="font-mono text-xs whitespace-nowrap">{item.action}</Td>
      <Td className="max-w-60 truncate font-mono text-xs" title={item.target}>
        {item.target}
      </Td>
      <Td className="max-w-96 min-w-48 text-xs [overflow-wrap:anywhere] text-ink-soft">
        {detail.join(' · ')}
      </Td>
      <Td className="text-xs whitespace-nowrap text-ink-soft">{item.actor}</Td>
    </Tr>
  );
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
