'use client';
import type { ProxyItem } from '@/lib/admin/contract/proxies';
import { useTranslations } from '@/i18n/use-translations';
import { formatCount, formatDuration } from '@/lib/client/format';
import { TimeAgo } from '../shared/time';
import { joined, TwoLines } from '../shared/two-lines';
import { ProxyStatusBadge } from './proxy-status';

/** A proxy in two lines: which, how it is, how fast, for how many keys, and what went wrong. */
export function NarrowProxy({ item }: { readonly item: ProxyItem }) {
  const t = useTranslations('proxies');
  return (
    <TwoLines
      first={<span className="truncate font-mono text-xs">{item.address}</span>}
      firstEnd={<ProxyStatusBadge item={item} />}
      second={joined(
        item.latencyMs === null ? undefined : formatDuration(item.latencyMs),
        `${formatCount(item.boundKeys)} ${t('columns.keys')}`,
        item.reason ?? item.lastError,
      )}
      secondEnd={<TimeAgo at={item.lastCheckedAt} />}
    />
  );
}
