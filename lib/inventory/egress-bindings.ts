import { DIRECT, type EgressBinding } from '../balancer/egress/binding';
import type { SavedEgressState } from '../balancer/egress/state';
import type { Egresses } from '../balancer/egress/egresses';
import type { EgressRow, ProviderEgress } from '../store/rows';
import { disabledOf } from './disabled-of';
import { pastTime, type RestoreTime } from './restored-times';

export function configureEgresses(egresses: Egresses, rows: readonly EgressRow[], time: RestoreTime): void {
  const byId = new Map(rows.map((row) => [row.id, row]));
  egresses.configure(
    rows.map(({ id, url, hint }) => ({ egressId: id, url, hint })),
    (egressId) => savedState(byId.get(egressId), time),
  );
  for (const row of rows) egresses.learn(row.id, { epoch: row.epoch, disabled: disabledOf(row) });
}

/**
 * The ways out for each kind of provider. If there are shared proxies, only providers set to go out directly do so.
 * Equal bindings are one object, by which the proxies remember who goes where.
 */
export function egressBindings(
  rows: readonly EgressRow[],
  isSticky: boolean,
): (egress: ProviderEgress) => EgressBinding {
  const sharedIds = rows.filter((row) => row.isShared).map((row) => row.id);
  const shared: EgressBinding =
    sharedIds.length === 0 ? DIRECT : { mode: 'proxies', egressIds: sharedIds, isSticky };
  return (egress) => {
    if (egress.mode === 'own') return { mode: 'proxies', egressIds: egress.egressIds, isSticky };
    return egress.mode === 'direct' ? DIRECT : shared;
  };
}

function savedState(row: EgressRow | undefined, time: RestoreTime): SavedEgressState | undefined {
  if (row === undefined) return undefined;
  return {
    disabled: disabledOf(row),
    failures: row.failures,
    epoch: row.epoch,
    check:
      row.checkedAt === null
        ? undefined
        : {
            at: pastTime(row.checkedAt, time),
            latencyMs: row.checkLatencyMs ?? undefined,
            status: row.checkStatus ?? undefined,
            error: row.checkError ?? undefined,
          },
  };
}
