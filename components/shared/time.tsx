'use client';
import { useFormatter } from 'next-intl';
import { useTranslations } from '@/i18n/use-translations';
import { elapsed, formatCountdown } from '@/lib/client/format';
import { yearUnlike } from '@/lib/client/zone';
import { useExactTime, useZone } from './time-zone';
import { useNow, useThisYear } from './use-now';

/** How long ago, counting on; the exact time on hover. */
export function TimeAgo({ at }: { readonly at: number | null }) {
  const t = useTranslations('common');
  const exact = useExactTime();
  const now = useNow();
  if (at === null) return <span className="text-ink-faint">–</span>;
  return (
    <time dateTime={new Date(at).toISOString()} title={exact(at)}>
      {t('ago', elapsed(now - at))}
    </time>
  );
}

/** The exact time, to the second; the year stands there where it is not the current one. */
export function Moment({ at }: { readonly at: number }) {
  const format = useFormatter();
  const exact = useExactTime();
  const zone = useZone();
  const thisYear = useThisYear(zone);
  return (
    <time dateTime={new Date(at).toISOString()} title={exact(at)}>
      {format.dateTime(at, {
        ...yearUnlike(thisYear, at, zone),
        month: 'short',
        day: '2-digit',
        hour: '2-digit',
        minute: '2-digit',
        second: '2-digit',
        hourCycle: 'h23',
      })}
    </time>
  );
}

/** What is left until then; nothing once it is over. */
export function Countdown({ until }: { readonly until: number }) {
  const left = formatCountdown(until - useNow());
  return left === '' ? null : <span className="tabular-nums">{left}</span>;
}
