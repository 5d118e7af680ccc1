'use client';
import Link from 'next/link';
import { useTranslations } from '@/i18n/use-translations';
import type { ProxyItem } from '@/lib/admin/contract/proxies';
import { isGone } from '@/lib/client/api-error';
import { formatCount, formatDuration } from '@/lib/client/format';
import { exploreHref } from '../explore/explore-view';
import { BreakerBadge } from '../shared/breaker-badge';
import { Facts } from '../shared/facts';
import { GoneNotice } from '../shared/gone-notice';
import { useProxy } from '../shared/use-live-answers';
import { StatusCode } from '../shared/status-code';
import { TimeAgo } from '../shared/time';
import { Dialog } from '../ui/dialog';
import { ErrorState } from '../ui/error-state';
import { SkeletonRows } from '../ui/skeleton';
import { ProxyActions } from './proxy-actions';
import { ProxyForm } from './proxy-form';
import { ProxyStatusBadge } from './proxy-status';
import { useSaid } from '../shared/use-said';

interface ProxyDrawerProps {
  /** Empty while it is closed. */
  readonly id: string;
  readonly onClose: () => void;
}

export function ProxyDrawer({ id, onClose }: ProxyDrawerProps) {
  const t = useTranslations('proxies');
  const said = useSaid();
  const { data: item, error, refetch } = useProxy(id);
  const hasGone = isGone(error);
  return (
    <Dialog
      shape="sheet"
      isOpen={id !== ''}
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={
        item === undefined ? (
          t('columns.address')
        ) : (
          <span className="flex flex-wrap items-center gap-2">
            <span className="font-mono text-sm break-all">{item.address}</span>
            {!hasGone && <ProxyStatusBadge item={item} />}
          </span>
        )
      }
    >
      {hasGone ? (
        <GoneNotice of="proxy" onClose={onClose} />
      ) : item === undefined ? (
        error === null ? (
          <SkeletonRows />
        ) : (
          <ErrorState error={error} onRetry={() => void refetch()} />
        )
      ) : (
        <div className="grid gap-5">
          <ProxyActions item={item} onGone={onClose} />
          {(item.reason ?? item.lastError) !== null && (
            <p className="rounded-md bg-bad-soft px-3 py-2 text-sm break-words text-bad">
              {said(item, 'reason') || said(item, 'lastError')}
            </p>
          )}
          <ProxyFacts item={item} />
          <ExploreLink id={item.id} />
          <ProxyForm key={item.id} item={item} />
        </div>
      )}
    </Dialog>
  );
}

/** To the verdicts that it met. */
function ExploreLink({ id }: { readonly id: string }) {
  const t = useTranslations('proxies');
  return (
    <Link
      prefetch={false}
      href={exploreHref({ proxy: id, group: 'verdict' })}
      className="hit justify-self-start text-xs text-accent hover:underline"
    >
      {t('explore')}
    </Link>
  );
}

function ProxyFacts({ item }: { readonly item: ProxyItem }) {
  const t = useTranslations('proxies');
  return (
    <Facts
      facts={[
        {
          label: t('columns.latency'),
          value: item.latencyMs === null ? '–' : formatDuration(item.latencyMs),
        },
        { label: t('columns.checked'), value: <TimeAgo at={item.lastCheckedAt} /> },
        { label: t('facts.worked'), value: <TimeAgo at={item.lastWorkedAt} /> },
        { label: t('facts.failing'), value: <TimeAgo at={item.failingSince} /> },
        {
          label: t('facts.answer'),
          value: item.lastStatus === null ? '–' : <StatusCode status={item.lastStatus} />,
        },
        { label: t('facts.failures'), value: item.failures },
        { label: t('columns.keys'), value: formatCount(item.boundKeys) },
        { label: t('columns.inFlight'), value: formatCount(item.inFlight) },
        { label: t('facts.requests'), value: formatCount(item.requestCount) },
        { label: t('facts.errors'), value: formatCount(item.errorCount) },
        { label: t('facts.breaker'), value: <BreakerBadge breaker={item.breaker} /> },
      ]}
    />
  );
}
