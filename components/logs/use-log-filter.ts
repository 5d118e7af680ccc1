'use client';
import { useMemo, useState } from 'react';
import type { LogFilter } from '@/lib/admin/contract/logs';
import { useNow } from '../shared/use-now';
import { logFilterOf, type LogView } from './log-view';

const MINUTE = 60_000;

/** The filter of the view, the same object while it says the same. Its window of time stands still for a reader. */
export function useLogFilter(view: LogView, isReading: boolean): LogFilter {
  const minuteNow = Math.floor(useNow() / MINUTE) * MINUTE;
  const [minute, setMinute] = useState(minuteNow);
  if (minute !== minuteNow && (minute === 0 || !isReading)) setMinute(minuteNow);
  const filterName = JSON.stringify(logFilterOf(view, view.since === '' ? 0 : minute));
  return useMemo(() => JSON.parse(filterName) as LogFilter, [filterName]);
}
