'use client';
import { useTranslations } from '@/i18n/use-translations';
import type { InstanceItem } from '@/lib/admin/contract/instances';
import { formatCount } from '@/lib/client/format';
import { TimeAgo } from '../shared/time';
import { useInstances } from '../shared/use-live-answers';
import { Badge } from '../ui/badge';
import { Card } from '../ui/card';
import { ErrorState } from '../ui/error-state';
import { SkeletonRows } from '../ui/skeleton';
import { Table, Td, Th, Tr } from '../ui/table';

const tones = { off: 'neutral', shared: 'good', local: 'warn', workers: 'good' } as const;

/** The instances that share the database, and how they hear of each other. */
export function InstancesCard() {
  const t = useTranslations('instances');
  const { data, error, refetch } = useInstances();
  if (data === undefined) {
    return (
      <Card title={t('title')} bodyClassName="p-0">
        {error === null ? (
          <SkeletonRows rows={3} className="p-4" />
        ) : (
          <ErrorState error={error} onRetry={() => void refetch()} />
        )}
      </Card>
    );
  }
  const { sharing, since, reason, items } = data;
  return (
    <Card title={t('title')} bodyClassName="p-0">
      <p className="flex flex-wrap items-baseline gap-x-2 gap-y-1 px-4 py-3 text-sm text-ink-soft">
        <Badge tone={tones[sharing]}>{t(`sharing.${sharing}`)}</Badge>
        <span className="min-w-0 break-words [overflow-wrap:anywhere]">
          {t(`hint.${sharing}`, { reason: reason ?? '' })}
        </span>
        {since !== null && (
          <span className="text-xs whitespace-nowrap text-ink-faint">
            <TimeAgo at={since} />
          </span>
        )}
      </p>
      <Table label={t('title')}>
        <thead>
          <tr>
            <Th>{t('columns.instance')}</Th>
            <Th>{t('columns.version')}</Th>
            <Th>{t('columns.started')}</Th>
            <Th className="text-right">{t('columns.rate')}</Th>
            <Th className="text-right">{t('columns.inFlight')}</Th>
            <Th className="text-right">{t('columns.waiting')}</Th>
          </tr>
        </thead>
        <tbody>
          {items.map((instance) => (
            <InstanceRow key={instance.id} instance={instance} />
          ))}
        </tbody>
      </Table>
    </Card>
  );
}

function InstanceRow({ instance }: { readonly instance: InstanceItem }) {
  const t = useTranslations('instances');
  return (
    <Tr>
      <Td>
        <span className="flex flex-wrap items-baseline gap-2 font-medium break-words [overflow-wrap:anywhere]">
          <span className="font-mono" translate="no">
            {instance.host}
          </span>
          {instance.isThis && <Badge tone="accent">{t('this')}</Badge>}
        </span>
        <span className="block font-mono text-2xs text-ink-faint" translate="no">
          {instance.name} · {instance.pid}
        </span>
      </Td>
      <Td label={t('columns.version')} className="whitespace-nowrap">
        {instance.version}
      </Td>
      <Td label={t('columns.started')} className="whitespace-nowrap text-ink-soft">
        <TimeAgo at={instance.startedAt} />
      </Td>
      <Td label={t('columns.rate')} className="text-right tabular-nums">
        {formatCount(instance.requestsPerMinute)}
      </Td>
      <Td label={t('columns.inFlight')} className="text-right tabular-nums">
        {formatCount(instance.inFlight)}
      </Td>
      <Td label={t('columns.waiting')} className="text-right tabular-nums">
        {formatCount(instance.waiting)}
      </Td>
    </Tr>
  );
}
