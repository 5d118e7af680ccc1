'use client';
import { useFormatter } from 'next-intl';
import { wallTime, yearUnlike } from '@/lib/client/zone';
import { spanOfDays } from './span-of-days';
import { useZone } from './time-zone';
import { useThisYear } from './use-now';

/** Writes a span of time in the zone of the dashboard. */
export function useSpanText(): (from: number, to: number) => string {
  const format = useFormatter();
  const zone = useZone();
  const thisYear = useThisYear(zone);
  return (from, to) =>
    spanOfDays(from, to, {
      textOf: (at, options) => format.dateTime(at, options),
      isMidnight: (at) => wallTime(at, zone).endsWith('T00:00'),
      year: yearUnlike(thisYear, from, zone),
    });
}
