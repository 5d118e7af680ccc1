'use client';
import { useTimeZone } from 'next-intl';
import { isoTime, zoneName } from '@/lib/client/zone';
import { useTranslations } from '@/i18n/use-translations';
import { useNow } from './use-now';

/** The zone of every time on the page, told once: `UTC+2`. */
export function TimeZone() {
  const t = useTranslations('layout');
  const zone = useZone();
  const at = useNow();
  // The server does not know the reader's moment; the offset may change with the season.
  if (at === 0) return null;
  return (
    <span className="text-xs whitespace-nowrap text-ink-faint" title={t('timeZone', { zone })}>
      {zoneName(at, zone)}
    </span>
  );
}

export function useZone(): string {
  return useTimeZone() ?? 'UTC';
}

/** Writes a time whole, with its zone, by ISO 8601. */
export function useExactTime(): (at: number) => string {
  const zone = useZone();
  return (at) => isoTime(at, zone);
}
