import type { LogHistogram, LogHistogramQuery } from '../../store/logs/log-histogram';
import type { EndpointInput } from '../contract/endpoint';
import type { LogBarItem, LogHistogramAnswer, LogKind, logsApi } from '../contract/logs';
import type { AdminContext } from '../context';
import { definedOf } from '../defined';
import { logFilters } from './filters';
import { histogramWindow, type HistogramWindow } from './histogram-window';

type Input = EndpointInput<typeof logsApi.requestsHistogram>;

interface Table {
  histogram(query: LogHistogramQuery): Promise<LogHistogram>;
}

export function requestsHistogram(context: AdminContext, input: Input) {
  return histogram(context, context.store.requestLogs, input, 'requests');
}

export function errorsHistogram(context: AdminContext, input: Input) {
  return histogram(context, context.store.errorLogs, input, 'errors');
}

/** Counts what a list with the same filter has of that time. */
async function histogram(
  context: AdminContext,
  table: Table,
  { searchMs, cursor, ...filter }: Input,
  kind: LogKind,
): Promise<LogHistogramAnswer> {
  const filters = logFilters(filter, kind);
  await context.catchUpLogs();
  const window = histogramWindow(definedOf({ from: filter.from, to: filter.to }), context.now());
  const { bars, countedTo, nextBefore, tookMs } = await table.histogram({
    // Without an end it has none: a row that is written meanwhile belongs to the last bar.
    filters: { ...filters, from: window.from },
    barMs: window.barMs,
    countMs: searchMs,
    ...(cursor !== undefined && { before: cursor }),
    signal: context.caller.signal,
  });
  const items = barsOf(window, bars);
  return {
    from: window.from,
    to: window.to,
    barMs: window.barMs,
    bars: items,
    total: items.reduce((sum, { succeeded, failed, other }) => sum + succeeded + failed + other, 0),
    isComplete: countedTo === undefined,
    countedTo: countedTo ?? null,
    nextCursor: nextBefore ?? null,
    tookMs: Math.ceil(tookMs),
  };
}

/** All bars of the window, and those behind it in its last one. */
function barsOf({ starts }: HistogramWindow, counted: LogHistogram['bars']): LogBarItem[] {
  const items = starts.map((at) => ({ at, succeeded: 0, failed: 0, other: 0 }));
  const places = new Map(items.map((item) => [item.at, item]));
  const last = items.at(-1);
  for (const [at, { succeeded, failed, other }] of counted) {
    const item = places.get(at) ?? last;
    if (item === undefined) continue;
    item.succeeded += succeeded;
    item.failed += failed;
    item.other += other;
  }
  return items;
}
