'use client';
import { useFormatter } from 'next-intl';
import { useTranslations } from '@/i18n/use-translations';
import type { AttentionItem } from '@/lib/admin/contract/stats';
import { yearOf, yearUnlike } from '@/lib/client/zone';
import { useZone } from '../shared/time-zone';
import { useNow } from '../shared/use-now';
import { useSaid } from '../shared/use-said';
import {
  failingValues,
  keysValues,
  modelValues,
  providerValues,
  proxiesValues,
  proxyValues,
  yes,
} from './attention-values';

/** What is wrong, in one sentence. */
export function AttentionSentence({ item }: { readonly item: AttentionItem }): string {
  const t = useTranslations('overview.attention');
  const sinceOf = useSince();
  const now = useNow();
  const said = useSaid();
  switch (item.kind) {
    case 'keys':
      return t(keysMessage[item.state], { ...keysValues(item, now), reason: said(item, 'reason') });
    case 'waiting':
      return t('waiting', { name: item.providerName, count: item.count });
    case 'provider': {
      const helper = item.helper ?? t('otherProviders');
      return t('provider', { ...sinceOf(item), ...providerValues(item), helper });
    }
    case 'failing':
      return t('failing', failingValues(item));
    case 'model':
      return t('model', { ...sinceOf(item), ...modelValues(item) });
    case 'proxy': {
      const through = item.through ?? t('otherProxies');
      return t('proxy', { ...sinceOf(item), ...proxyValues(item), through });
    }
    case 'proxies':
      return t('proxies', { ...sinceOf(item), ...proxiesValues(item) });
    case 'alone':
      return t('alone', { ...sinceOf(item), reason: item.reason });
  }
}

const keysMessage = {
  resting: 'keysResting',
  disabled: 'keysDisabled',
  failing: 'keysFailing',
  none_left: 'keysNoneLeft',
} as const;

/** Other numbers change while one looks; a time of the day does not. */
function useSince() {
  const format = useFormatter();
  const zone = useZone();
  const now = useNow();
  return ({ since }: Pick<AttentionItem, 'since'>) => {
    const at = since ?? 0;
    const isToday = now - at < 12 * 3_600_000;
    const time = format.dateTime(at, {
      ...(isToday ? {} : { ...yearUnlike(yearOf(now, zone), at, zone), month: 'short', day: 'numeric' }),
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    return { hasSince: yes(since !== null), since: time };
  };
}
