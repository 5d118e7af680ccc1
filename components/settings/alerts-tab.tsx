'use client';
import { useQuery } from '@tanstack/react-query';
import { BellRing, Plus } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import type { AlertItem } from '@/lib/admin/contract/alerts';
import { alertsQuery } from '@/lib/client/alerts';
import { useSaid } from '../shared/use-said';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { EmptyState } from '../ui/empty-state';
import { ErrorState } from '../ui/error-state';
import { SkeletonRows } from '../ui/skeleton';
import { AlertDialog } from './alert-dialog';
import { AlertTable } from './alert-table';

/** Who is told when something is wrong, and how the last message to each fared. */
export function AlertsTab() {
  const t = useTranslations('alerts');
  const said = useSaid();
  const { data, error, refetch } = useQuery(alertsQuery);
  const [edited, setEdited] = useState<AlertItem | 'new'>();
  return (
    <Card
      title={t('title')}
      bodyClassName="p-0"
      aside={
        <Button size="sm" look="primary" needs="alerts.create" onClick={() => setEdited('new')}>
          <Plus aria-hidden />
          {t('add')}
        </Button>
      }
    >
      {data === undefined ? (
        error === null ? (
          <SkeletonRows rows={3} className="p-4" />
        ) : (
          <ErrorState error={error} onRetry={() => void refetch()} />
        )
      ) : data.items.length === 0 ? (
        <EmptyState icon={BellRing} title={t('empty')} />
      ) : (
        <AlertTable items={data.items} onEdit={setEdited} />
      )}
      {data !== undefined && data.problem !== null && (
        <p className="px-4 py-2 text-xs text-bad">{said(data, 'problem')}</p>
      )}
      <p className="border-t border-line px-4 py-2.5 text-xs text-ink-faint">{t('hint')}</p>
      <AlertDialog receiver={edited} onClose={() => setEdited(undefined)} />
    </Card>
  );
}
