import type { IncidentItem } from '@/lib/admin/contract/incidents';
import { incidentKinds, type IncidentFilter } from '@/lib/client/incidents';
import { logWindowOf, type LogView } from '../logs/log-view';
import { attentionHref } from '../overview/attention-href';

/** Incidents are a part of the logs: what their address says of them. */
export type IncidentView = Pick<LogView, 'kind' | 'since' | 'from' | 'to' | 'page'>;

export function isIncidentFiltered({ kind, since, from, to }: IncidentView): boolean {
  return [kind, since, from, to].some((value) => value !== '');
}

export function incidentFilterOf(view: IncidentView, now: number): IncidentFilter {
  const kind = incidentKinds.find((one) => one === view.kind);
  return { ...(kind !== undefined && { kind }), ...logWindowOf(view, now) };
}

export function incidentPageOf({ page }: Pick<IncidentView, 'page'>): number {
  return Math.max(1, Math.floor(Number(page)) || 1);
}

/** While it lasts where one sees it; afterwards what failed meanwhile, where that is known. */
export function incidentHref({ item, since, until }: IncidentItem): string {
  if (until === null) return attentionHref(item);
  if (!('provider' in item)) return attentionHref(item);
  const model = 'model' in item && typeof item.model === 'string' && item.model !== '' ? item.model : '';
  const query = new URLSearchParams({
    tab: 'errors',
    provider: item.provider,
    ...(model !== '' && { model }),
    from: minuteOf(since),
    to: minuteOf(until),
  });
  return `/logs?${query.toString()}`;
}

/** As the logs have it in their address: `2026-03-01T21:14Z`. */
function minuteOf(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16)}Z`;
}
