import type { EgressState } from '../../balancer/egress/state';
import type { Egresses } from '../../balancer/egress/egresses';
import type { Pool } from '../../balancer/pool/pool';
import type { EgressRow } from '../../store/rows';
import type { ProxyItem, ProxyStatus } from '../contract/proxies';
import type { Overview } from '../contract/stats';
import { breakerItem } from '../breaker-item';
import { wallOrNull, type LiveTime } from '../live-time';
import { forEachInSlices } from '../slices';

/** What there is to say about a proxy's state as it is now. */
export function proxyState(egress: EgressState, time: LiveTime) {
  const { disabled } = egress;
  return {
    id: egress.config.egressId,
    status: proxyStatus(egress),
    reason: disabled?.reason ?? null,
    breaker: breakerItem(egress.breaker.snapshot, time),
    failures: egress.failures,
    ...lastCheck(egress.check, time),
    lastWorkedAt: wallOrNull(time, egress.workedAt),
    failingSince: wallOrNull(time, egress.trouble?.since),
    lastError: standingError(egress) ?? null,
    ...proxyUse(egress),
  };
}

/** What goes and has gone through it, at all instances. */
export function proxyUse(egress: EgressState) {
  return {
    inFlight: egress.inFlight + egress.inFlightElsewhere,
    requestCount: egress.requestCount + egress.requestCountElsewhere,
    errorCount: egress.errorCount + egress.errorCountElsewhere,
  };
}

function lastCheck(check: EgressState['check'], time: LiveTime) {
  return {
    latencyMs: check?.latencyMs ?? null,
    lastCheckedAt: wallOrNull(time, check?.at),
    lastStatus: check?.status ?? null,
  };
}

/** The newest error of tests and traffic, unless something has gone through since. */
function standingError({ lastErrorAt = 0, lastError, workedAt = 0, check }: EgressState): string | undefined {
  const lastFailureAt = Math.max(lastErrorAt, check?.error === undefined ? 0 : check.at);
  if (workedAt > lastFailureAt) return undefined;
  return lastErrorAt > (check?.at ?? 0) ? lastError : check?.error;
}

/** From tests and from traffic, whichever told last. */
export function proxyStatus({ disabled, breaker, check, workedAt }: EgressState): ProxyStatus {
  if (disabled !== undefined) return disabled.by === 'auto' ? 'disabled_auto' : 'disabled_manual';
  if (breaker.state !== 'closed') return 'failing';
  if (workedAt !== undefined && workedAt >= (check?.at ?? 0)) return 'healthy';
  if (check === undefined) return 'unchecked';
  return check.error === undefined ? 'healthy' : 'failing';
}

/** What may be shown of a proxy: everything but its password. */
export function proxyItem(row: EgressRow, egress: EgressState, boundKeys: number, time: LiveTime): ProxyItem {
  const url = new URL(row.url);
  const scheme = url.protocol.replace(':', '');
  return {
    ...proxyState(egress, time),
    address: row.hint,
    scheme,
    host: url.hostname,
    port: url.port === '' ? (DEFAULT_PORTS[scheme] ?? 0) : Number(url.port),
    hasPassword: url.password !== '',
    isShared: row.isShared,
    source: row.source,
    boundKeys,
    note: row.note,
    createdAt: row.createdAt,
    version: row.version,
  };
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443, socks5: 1080, socks5h: 1080 };

/** How many keys go through which proxy as things are, by proxy id. */
export async function countBoundKeys(
  pools: Iterable<Pool>,
  egresses: Egresses,
  now: number,
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (const pool of pools) {
    const binding = pool.config.egress;
    await forEachInSlices(
      pool.keys,
      ({ config }) => {
        const egressId = egresses.boundTo(config, binding, now)?.config.egressId;
        if (egressId !== undefined) counts.set(egressId, (counts.get(egressId) ?? 0) + 1);
      },
      1_000,
    );
  }
  return counts;
}

export function proxyCounts(egresses: Egresses): Overview['proxies'] {
  const counts = { total: 0, healthy: 0, unchecked: 0, failing: 0, disabled: 0 };
  for (const egress of egresses.states) {
    const status = proxyStatus(egress);
    counts.total += 1;
    if (status === 'disabled_auto' || status === 'disabled_manual') counts.disabled += 1;
    else counts[status] += 1;
  }
  return counts;
}
