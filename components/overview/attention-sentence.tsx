'use client';
import { useFormatter } from 'next-intl';
import { useTranslations } from '@/i18n/use-translations';
import type { AttentionItem } from '@/lib/admin/contract/stats';
import { attentionSentence } from '@/lib/client/attention-sentence';
import { yearOf, yearUnlike } from '@/lib/client/zone';
import { useZone } from '../shared/time-zone';
import { useNow } from '../shared/use-now';
import { useSaid } from '../shared/use-said';

interface AttentionSentenceProps {
  readonly item: AttentionItem;
  /** When it was so; undefined if it is so now. */
  readonly toldAt?: number | undefined;
}

/** What is wrong, in one sentence; of what was, as it was told. */
export function AttentionSentence({ item, toldAt }: AttentionSentenceProps): string {
  const t = useTranslations('overview.attention');
  const time = useTime();
  const now = useNow();
  const said = useSaid();
  return attentionSentence(item, {
    say: t,
    time,
    reason: (of) => said(of, 'reason'),
    now: toldAt ?? now,
  });
}

/** Other numbers change while one looks; a time of the day does not. */
function useTime() {
  const format = useFormatter();
  const zone = useZone();
  const now = useNow();
  return (at: number) => {
    const isToday = now - at < 12 * 3_600_000;
    return format.dateTime(at, {
      ...(isToday ? {} : { ...yearUnlike(yearOf(now, zone), at, zone), month: 'short', day: 'numeric' }),
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
  };
}
