'use client';
import type { ProxyItem, ProxyStatus } from '@/lib/admin/contract/proxies';
import { useTranslations } from '@/i18n/use-translations';
import { Badge, Mark, type Tone } from '../ui/badge';
import { useSaid } from '../shared/use-said';

const tones: Record<ProxyStatus, Tone> = {
  healthy: 'good',
  unchecked: 'neutral',
  failing: 'warn',
  disabled_auto: 'bad',
  disabled_manual: 'neutral',
};

export function ProxyStatusBadge({ item }: { readonly item: ProxyItem }) {
  const t = useTranslations('proxies.statuses');
  const said = useSaid();
  const tone = tones[item.status];
  return (
    <Badge tone={tone} title={said(item, 'reason') || said(item, 'lastError') || undefined}>
      <Mark tone={tone} />
      {t(item.status)}
    </Badge>
  );
}
