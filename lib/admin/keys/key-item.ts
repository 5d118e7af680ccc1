import type { KeyState } from '../../balancer/pool/key-state';
import type { ApiKeyRow } from '../../store/keys/key-row';
import { keyCapacity } from '../capacity-item';
import { wallOrNull, type LiveTime } from '../live-time';
import type { KeyItem, KeyStatus } from '../contract/keys';

/** A key as the verbs see it: its row and its live state. */
export interface LiveKey {
  readonly row: ApiKeyRow;
  readonly state: KeyState;
  /** Slug. */
  readonly provider: string;
}

export function keyStatus({ disabled, cooldown, modelCooldowns }: KeyState, now: number): KeyStatus {
  if (disabled !== undefined) return disabled.by === 'auto' ? 'disabled_auto' : 'disabled_manual';
  if (cooldown.until > now) return 'cooling';
  if (modelCooldowns === undefined) return 'active';
  for (const { until } of modelCooldowns.values()) if (until > now) return 'cooling';
  return 'active';
}

/** The account that answers name, where nobody has set one. */
export function learntAccount({ row, state }: Pick<LiveKey, 'row' | 'state'>): string | null {
  return row.account === null ? (state.account?.name ?? null) : null;
}

/** What may be shown of a key. */
export function keyItem({ row, state, provider }: LiveKey, time: LiveTime): KeyItem {
  const now = time.now();
  const modelCooldowns: KeyItem['modelCooldowns'] = [];
  for (const [model, { until }] of state.modelCooldowns ?? []) {
    if (until > now) modelCooldowns.push({ model, until: time.wallOf(until) });
  }
  return {
    id: row.id,
    providerId: row.providerId,
    provider,
    hint: row.hint,
    source: row.source,
    weight: row.weight,
    note: row.note,
    status: keyStatus(state, now),
    reason: state.disabled?.reason ?? null,
    failures: state.failures,
    cooldownUntil: state.cooldown.until > now ? time.wallOf(state.cooldown.until) : null,
    modelCooldowns,
    inFlight: state.inFlight + state.inFlightElsewhere,
    requestCount: state.requestCount,
    errorCount: state.errorCount,
    lastUsedAt: wallOrNull(time, state.lastUsedAt),
    lastErrorAt: wallOrNull(time, state.lastErrorAt),
    lastErrorStatus: state.lastErrorStatus ?? null,
    egressId: row.egressId,
    limits: row.limits,
    account: row.account,
    learntAccount: learntAccount({ row, state }),
    tags: [...row.tags],
    capacity: keyCapacity(state, time),
    createdAt: row.createdAt,
    version: row.version,
  };
}
