'use client';
import Link from 'next/link';
import { useTranslations } from '@/i18n/use-translations';
import type { IncidentItem } from '@/lib/admin/contract/incidents';
import { formatLasted } from '@/lib/client/format';
import { AttentionSentence } from '../overview/attention-sentence';
import { attentionTones } from '../overview/attention-tones';
import { Moment } from '../shared/time';
import { useNow } from '../shared/use-now';
import { Badge, Mark } from '../ui/badge';
import { Table, Td, Th, Tr } from '../ui/table';
import { incidentHref } from './incident-view';

export function IncidentTable({ items }: { readonly items: readonly IncidentItem[] }) {
  const t = useTranslations('incidents');
  return (
    <Table label={t('title')}>
      <thead>
        <tr>
          <Th>{t('columns.what')}</Th>
          <Th>{t('columns.since')}</Th>
          <Th>{t('columns.until')}</Th>
          <Th className="text-right">{t('columns.duration')}</Th>
        </tr>
      </thead>
      <tbody>
        {items.map((item) => (
          <IncidentRow key={item.id} incident={item} />
        ))}
      </tbody>
    </Table>
  );
}

function IncidentRow({ incident }: { readonly incident: IncidentItem }) {
  const t = useTranslations('incidents');
  const severity = useTranslations('overview.attention.severity');
  const { item, since, until, toldAt } = incident;
  return (
    <Tr data-incident={incident.kind} data-lasts={until === null}>
      <Td className="py-2">
        <Link
          prefetch={false}
          href={incidentHref(incident)}
          className="hit flex min-h-6 min-w-0 items-baseline gap-2 hover:underline"
        >
          <Mark tone={attentionTones[incident.severity]} className="-translate-y-px" />
          <span className="sr-only">{severity(incident.severity)}</span>
          <span className="min-w-0 [overflow-wrap:anywhere]">
            <AttentionSentence item={item} toldAt={until === null ? undefined : toldAt} />
          </span>
        </Link>
      </Td>
      <Td label={t('columns.since')} className="text-xs whitespace-nowrap text-ink-soft">
        <Moment at={since} />
      </Td>
      <Td
        {...(until !== null && { label: t('columns.until') })}
        className="text-xs whitespace-nowrap text-ink-soft"
      >
        {until === null ? <Badge tone="warn">{t('lasts')}</Badge> : <Moment at={until} />}
      </Td>
      <Td
        label={t('columns.duration')}
        className="text-xs whitespace-nowrap text-ink-soft tabular-nums sm:text-right"
      >
        {until === null ? <Lasting since={since} /> : formatLasted(until - since)}
      </Td>
    </Tr>
  );
}

/** Counting on. */
function Lasting({ since }: { readonly since: number }) {
  return formatLasted(useNow() - since);
}
