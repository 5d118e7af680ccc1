'use client';
import { ClipboardList } from 'lucide-react';
import type { AuditItem } from '@/lib/admin/contract/audit';
import { useTranslations } from '@/i18n/use-translations';
import { isolatedList } from '@/lib/client/isolated';
import { Moment } from '../shared/time';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { EmptyState } from '../ui/empty-state';
import { ErrorState } from '../ui/error-state';
import { SkeletonRows } from '../ui/skeleton';
import { Table, Td, Th, Tr } from '../ui/table';
import { useSaid } from '../shared/use-said';
import { useAuditRows } from './use-audit-rows';

/** The audit list: who changed what. */
export function AuditTab() {
  const t = useTranslations('audit');
  const { items, data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useAuditRows();
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
  const t = useTranslations('audit');
  const said = useSaid();
  const nameOf = (name: string): string =>
    t.has(`details.${name}` as never) ? t(`details.${name}` as never) : name;
  const detail = Object.entries(item.detail)
    .filter(([name]) => !name.endsWith('Said'))
    .map(([name, value]) => t('named', { name: nameOf(name), value: textOf(value, nameOf) }));
  const action = item.action.replace('.', '_');
  return (
    <Tr>
      <Td className="text-xs whitespace-nowrap text-ink-soft">
        <Moment at={item.at} />
      </Td>
      <Td className="text-xs whitespace-nowrap">
        {t.has(`actions.${action}` as never) && (
          <span className="block">{t(`actions.${action}` as never)}</span>
        )}
        <span className="block font-mono text-2xs text-ink-faint">{item.action}</span>
      </Td>
      <Td className="max-w-60 truncate font-mono text-xs" title={said(item, 'target')}>
        {said(item, 'target')}
      </Td>
      <Td className="max-w-96 min-w-48 text-xs [overflow-wrap:anywhere] text-ink-soft">
        {detail.join(' · ')}
      </Td>
      <Td className="text-xs whitespace-nowrap text-ink-soft">{said(item, 'actor')}</Td>
    </Tr>
  );
}

function textOf(value: unknown, nameOf: (name: string) => string): string {
  if (Array.isArray(value)) return isolatedList(value.map((part) => textOf(part, nameOf)));
  if (typeof value === 'boolean') return nameOf(String(value));
  return typeof value === 'string' ? value : JSON.stringify(value);
}
