'use client';
import { useFormatter } from 'next-intl';
import { useTranslations } from '@/i18n/use-translations';
import type { AttentionItem, AttentionOf } from '@/lib/admin/contract/stats';
import { formatCountdown } from '@/lib/client/format';
import { useNow } from '../shared/use-now';
import { useSaid } from '../shared/use-said';

/** What is wrong, in one sentence. */
export function AttentionSentence({ item }: { readonly item: AttentionItem }): string {
  const t = useTranslations('overview.attention');
  const sinceOf = useSince();
  const now = useNow();
  const said = useSaid();
  switch (item.kind) {
    case 'keys':
      return t(keysMessage[item.state], { ...keysValues(item, now), reason: said(item, 'reason') });
    case 'provider':
      return t('provider', {
        ...sinceOf(item),
        name: item.providerName,
        answer: item.answer,
        status: String(item.status ?? ''),
        toll: tollOf(item),
        helped: item.helped,
        failed: item.failed,
        helper: item.helper ?? t('otherProviders'),
      });
    case 'failing':
      return t('failing', {
        name: item.providerName,
        failed: item.failed,
        attempts: item.attempts,
        answer: item.answer,
        status: String(item.status ?? ''),
        hasModel: yes(item.model !== null),
        model: item.model ?? '',
      });
    case 'model':
      return t('model', {
        ...sinceOf(item),
        name: item.providerName,
        model: item.model ?? '',
        models: item.models,
        hasStatus: yes(item.status !== null),
        status: String(item.status ?? ''),
      });
    case 'proxy':
      return t('proxy', {
        ...sinceOf(item),
        ...fateOf(item),
        address: item.address,
        trouble: item.trouble,
        through: item.through ?? t('otherProxies'),
      });
    case 'proxies':
      return t('proxies', {
        ...sinceOf(item),
        ...fateOf(item),
        all: yes(item.count === item.of),
        count: item.count,
        of: item.of,
      });
  }
}

const keysMessage = {
  resting: 'keysResting',
  disabled: 'keysDisabled',
  failing: 'keysFailing',
  none_left: 'keysNoneLeft',
} as const;

const yes = (is: boolean): 'yes' | 'no' => (is ? 'yes' : 'no');

/** Other numbers change while one looks; a time of the day does not. */
function useSince() {
  const format = useFormatter();
  const now = useNow();
  return ({ since }: Pick<AttentionItem, 'since'>) => {
    const at = since ?? 0;
    const isToday = now - at < 12 * 3_600_000;
    const time = format.dateTime(at, {
      ...(isToday ? {} : { month: 'short', day: 'numeric' }),
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    return { hasSince: yes(since !== null), since: time };
  };
}

function keysValues(item: AttentionOf<'keys'>, now: number) {
  const { count, of, disabled, model, models, status, reason } = item;
  const time = item.nextBackAt === null ? '' : formatCountdown(item.nextBackAt - now);
  return {
    name: item.providerName,
    all: yes(count === of),
    count,
    of,
    disabled,
    resting: count - disabled,
    mixed: yes(disabled > 0 && disabled < count),
    scope: models > 1 ? 'models' : model === null ? 'all' : model === '' ? 'none' : 'model',
    models,
    model: model ?? '',
    next: yes(time !== ''),
    time,
    hasStatus: yes(status !== null && status > 0),
    status: String(status ?? ''),
    hasReason: yes(reason !== null),
  };
}

function tollOf({ helped, failed }: AttentionOf<'provider'>): 'both' | 'helped' | 'failed' | 'none' {
  if (helped > 0) return failed > 0 ? 'both' : 'helped';
  return failed > 0 ? 'failed' : 'none';
}

function fateOf({ keys, stranded }: Pick<AttentionOf<'proxy'>, 'keys' | 'stranded'>) {
  const fate = keys === 0 ? 'none' : stranded === 0 ? 'moved' : stranded === keys ? 'stranded' : 'some';
  return { fate, keys, stranded, moved: keys - stranded };
}
