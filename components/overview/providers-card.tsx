'use client';
import Link from 'next/link';
import { useTranslations } from '@/i18n/use-translations';
import type { Overview } from '@/lib/admin/contract/stats';
import { formatCount, formatDuration, formatShare } from '@/lib/client/format';
import type { RangeText } from '@/lib/client/ranges';
import { keysHref } from '../keys/key-view';
import { BreakerBadge } from '../shared/breaker-badge';
import { Card } from '../ui/card';
import { Table, Td, Th, Tr } from '../ui/table';
import { ExploreLink } from './explore-link';

type Totals = Overview['totals'];

type ProvidersCardProps = Pick<Overview, 'providers' | 'unrouted' | 'removed'> & {
  readonly range: RangeText;
};

/** Its rows make up the totals of the overview. */
export function ProvidersCard({ range, providers, unrouted, removed }: ProvidersCardProps) {
  const t = useTranslations('overview.providers');
  return (
    <Card
      title={t('title')}
      className="xl:col-span-2"
      bodyClassName="p-0"
      aside={
        <span className="flex items-center gap-4">
          <ExploreLink group="provider" range={range} />
          <Link prefetch={false} href="/providers" className="hit text-xs text-accent hover:underline">
            {t('manage')}
          </Link>
        </span>
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
            <Th className="text-right">{t('attempts')}</Th>
            <Th className="text-right">{t('success')}</Th>
            <Th className="text-right">{t('latency')}</Th>
          </tr>
        </thead>
        <tbody>
          {providers.map((provider) => (
            <ProviderRow key={provider.id} provider={provider} />
          ))}
          <OtherRow name={t('removed')} hint={t('removedHint')} totals={removed} />
          <OtherRow name={t('unrouted')} hint={t('unroutedHint')} totals={unrouted} />
        </tbody>
      </Table>
    </Card>
  );
}

function ProviderRow({ provider }: { readonly provider: Overview['providers'][number] }) {
  const t = useTranslations('overview.providers');
  const { keys } = provider;
  return (
    <Tr>
      <Td className="max-w-48 truncate font-medium">{provider.name}</Td>
      <Td>
        <BreakerBadge breaker={provider.breaker} isEnabled={provider.isEnabled} keys={keys} />
      </Td>
      <Td label={t('keys')} className="text-right whitespace-nowrap">
        <Link prefetch={false} href={keysHref({ provider: provider.slug })} className="hit hover:underline">
          {formatCount(keys.active)}
          <span className="text-ink-faint"> / {formatCount(keys.total)}</span>
        </Link>
      </Td>
      <Td label={t('inFlight')} className="text-right">
        {formatCount(keys.inFlight)}
      </Td>
      <Figures totals={provider.totals} />
    </Tr>
  );
}

interface OtherRowProps {
  readonly name: string;
  readonly hint: string;
  readonly totals: Totals;
}

/** What is no provider's of those above; nothing while there is none of it. */
function OtherRow({ name, hint, totals }: OtherRowProps) {
  if (totals.requests === 0 && totals.attempts === 0) return null;
  return (
    <Tr>
      <Td className="max-w-48 truncate text-ink-soft">{name}</Td>
      <Td className="text-xs text-ink-soft" colSpan={3}>
        {hint}
      </Td>
      <Figures totals={totals} />
    </Tr>
  );
}

function Figures({ totals }: { readonly totals: Totals }) {
  const t = useTranslations('overview.providers');
  const { requests, attempts, failedAttempts, succeeded, failed, latencyP50Ms } = totals;
  return (
    <>
      <Td label={t('requests')} className="text-right">
        {formatCount(requests)}
      </Td>
      <Td label={t('attempts')} className="text-right whitespace-nowrap">
        {formatCount(attempts)}
        {failedAttempts > 0 && (
          <span className="text-xs text-bad sm:block max-sm:ml-1">
            {t('attemptsFailed', { count: formatCount(failedAttempts) })}
          </span>
        )}
      </Td>
      <Td label={t('success')} className="text-right whitespace-nowrap">
        {formatShare(succeeded, succeeded + failed)}
      </Td>
      <Td label={t('latency')} className="text-right whitespace-nowrap">
        {latencyP50Ms === null ? '–' : formatDuration(latencyP50Ms)}
      </Td>
    </>
  );
}
