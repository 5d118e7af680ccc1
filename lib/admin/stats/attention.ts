import type { AttentionItem } from '../contract/stats';
import type { AdminContext } from '../context';
import { allKeys } from '../keys/find';
import { keyStatus } from '../keys/key-item';
import { wallOrNull } from '../live-time';
import { forEachInSlices } from '../slices';

const REASONS_MAX = 5;
const REASONS_KEPT_MAX = 200;

interface Group {
  readonly item: AttentionItem;
  readonly reasons: Map<string, number>;
}

/** Keys that are disabled by the program, cooling, or failing, by provider and by the status of their last error. */
export async function attention(context: AdminContext): Promise<{ items: AttentionItem[] }> {
  const now = context.liveTime.now();
  const groups = new Map<string, Group>();
  await forEachInSlices(allKeys(context), ({ state, provider }) => {
    const status = keyStatus(state, now);
    if (status === 'disabled_manual' || (status === 'active' && state.failures === 0)) return;
    const errorStatus = state.lastErrorStatus ?? null;
    const id = `${provider} ${errorStatus}`;
    const { item, reasons } = groups.get(id) ?? newGroup(provider, errorStatus);
    groups.set(id, { item, reasons });
    item.count += 1;
    if (status === 'disabled_auto') item.disabled += 1;
    if (status === 'cooling') item.cooling += 1;
    const lastErrorAt = wallOrNull(context.liveTime, state.lastErrorAt);
    item.lastErrorAt = Math.max(item.lastErrorAt ?? 0, lastErrorAt ?? 0) || null;
    const reason = state.disabled?.reason;
    if (reason === undefined) return;
    if (reasons.has(reason) || reasons.size < REASONS_KEPT_MAX) {
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
  });
  const items = [...groups.values()].map(({ item, reasons }) => ({
    ...item,
    reasons: mostFrequent(reasons),
  }));
  return { items: items.sort((a, b) => b.count - a.count) };
}

function newGroup(provider: string, errorStatus: number | null): Group {
  const counts = { count: 0, disabled: 0, cooling: 0, reasons: [], lastErrorAt: null };
  return { item: { provider, errorStatus, ...counts }, reasons: new Map() };
}

function mostFrequent(reasons: ReadonlyMap<string, number>): AttentionItem['reasons'] {
  return [...reasons]
    .map(([reason, count]) => ({ reason, count }))
    .sort((a, b) => b.count - a.count)
    .slice(0, REASONS_MAX);
}
