'use client';
import { useTranslations } from 'next-intl';
import Link from 'next/link';
import type { Overview } from '@/lib/admin/contract/stats';
import { formatCount, formatDuration, formatShare } from '@/lib/client/format';
import { keysHref } from '../keys/key-view';
import { BreakerBadge } from '../shared/breaker-badge';
import { Card } from '../ui/card';
import { Table, Td, Th, Tr } from '../ui/table';

export function ProvidersCard({ providers }: { readonly providers: Overview['providers'] }) {
  const t = useTranslations('overview.providers');
  return (
    <Card
      title={t('title')}
      className="xl:col-span-2"
      bodyClassName="p-0"
      aside={
        <Link href="/providers" className="text-xs text-accent hover:underline">
          {t('manage')}
        </Link>
      }
    >
      <Table label={t('title')}>
        <thead>
          <tr>
            <Th>{t('name')}</Th>
            <Th>{t('health')}</Th>
            <Th className="text-right">{t('keys')}</Th>
            <Th className="text-right">{t('inFlight')}</Th>
            <Th className="text-right">{t('requests')}</Th>
            <Th className="text-right">{t('success')}</Th>
            <Th className="text-right">{t('latency')}</Th>
          </tr>
        </thead>
        <tbody>
          {providers.map((provider) => (
            <Tr key={provider.id}>
              <Td className="max-w-48 truncate font-medium">{provider.name}</Td>
              <Td>
                <BreakerBadge
                  breaker={provider.breaker}
                  isEnabled={provider.isEnabled}
                  keys={provider.keys}
                />
              </Td>
              <Td className="text-right whitespace-nowrap">
                <Link href={keysHref({ provider: provider.slug })} className="hover:underline">
                  {formatCount(provider.keys.active)}
                  <span className="text-ink-faint"> / {formatCount(provider.keys.total)}</span>
                </Link>
              </Td>
              <Td className="text-right">{formatCount(provider.keys.inFlight)}</Td>
              <Td className="text-right">{formatCount(provider.totals.requests)}</Td>
              <Td className="text-right whitespace-nowrap">
                {provider.totals.successRate === null ? '–' : formatShare(provider.totals.successRate, 1)}
              </Td>
              <Td className="text-right whitespace-nowrap">
                {provider.totals.latencyP50Ms === null ? '–' : formatDuration(provider.totals.latencyP50Ms)}
              </Td>
            </Tr>
          ))}
        </tbody>
      </Table>
    </Card>
  );
}
