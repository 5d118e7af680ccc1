import { aboutOf, itemOf } from '../../alerts/incident-item';
import type { IncidentFilter, IncidentRow } from '../../store/incidents';
import type { IncidentItem } from '../contract/incidents';
import type { AttentionItem } from '../contract/stats';
import { wrongField } from '../error';

/** A window that ends before it begins is a mistake. */
export function checkWindow({ from, to }: IncidentFilter): void {
  if (from !== undefined && to !== undefined && from > to) throw wrongField('to', 'must not be before from');
}

/** What is out now, by what it is about. */
export type Current = ReadonlyMap<string, AttentionItem>;

export function currentOf(items: readonly AttentionItem[]): Current {
  return new Map(items.flatMap((item) => [[aboutOf(item) ?? '', item] as const]));
}

/** Nothing for a row that another version has written in another way. */
export function incidentItems(rows: readonly IncidentRow[], current: Current, now: number): IncidentItem[] {
  return rows.flatMap((row) => {
    const kept = itemOf(row);
    if (kept === undefined) return [];
    const { id, beganAt, endedAt, toldAt } = row;
    const live = endedAt === null ? current.get(row.about) : undefined;
    const told = live === undefined ? { item: kept, toldAt } : { item: live, toldAt: now };
    const severity = row.severity as IncidentItem['severity'];
    return [{ id, kind: kept.kind, severity, since: beganAt, until: endedAt, ...told }];
  });
}
