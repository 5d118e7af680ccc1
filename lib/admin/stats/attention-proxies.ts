import type { EgressState } from '../../balancer/egress/state';
import type { AttentionOf } from '../contract/stats';
import type { AdminParts } from '../context';
import { wallOrNull } from '../live-time';
import { forEachInSlices } from '../slices';

/** More are told together. */
const ONE_BY_ONE_MAX = 5;
/** Comparisons of a key and a proxy to make without letting anything else run: a few milliseconds. */
const SLICE_PAIRS = 5_000;
/** Only traffic shows that a refused address is accepted again: without any the refusal is soon no news. */
const REFUSAL_LASTS_MS = 8_000;

interface Moved {
  keys: number;
  stranded: number;
  readonly through: Map<EgressState, number>;
}

function nothingMoved(): Moved {
  return { keys: 0, stranded: 0, through: new Map() };
}

/** Proxies that are out, with what becomes of their keys. Not those that a person has disabled. */
export async function troubledProxies(
  context: AdminParts,
): Promise<(AttentionOf<'proxy'> | AttentionOf<'proxies'>)[]> {
  const now = context.liveTime.now();
  const all = [...context.egresses.states];
  const out = all.filter((egress) => isOut(egress, now));
  if (out.length === 0) return [];
  const moved = await movedKeys(context, new Set(out), now);
  const items = out.map((egress) => proxyItem(egress, moved.get(egress) ?? nothingMoved(), context));
  if (items.length <= ONE_BY_ONE_MAX) return items;
  const sum = (pick: (item: AttentionOf<'proxy'>) => number): number =>
    items.reduce((total, item) => total + pick(item), 0);
  const stranded = sum((item) => item.stranded);
  const times = items.flatMap(({ since }) => (since === null ? [] : [since]));
  return [
    {
      kind: 'proxies',
      id: 'proxies',
      severity: stranded > 0 ? 'high' : 'medium',
      since: times.length === 0 ? null : Math.min(...times),
      count: out.length,
      of: all.filter(({ disabled }) => disabled?.by !== 'manual').length,
      keys: sum((item) => item.keys),
      stranded,
    },
  ];
}

function isOut({ disabled, breaker, trouble }: EgressState, now: number): boolean {
  if (disabled !== undefined) return disabled.by === 'auto';
  if (breaker.state === 'closed') return false;
  if (trouble?.kind !== 'refused') return true;
  return now - Math.max(trouble.at, breaker.snapshot.openUntil ?? 0) < REFUSAL_LASTS_MS;
}

function proxyItem(egress: EgressState, moved: Moved, { liveTime }: AdminParts): AttentionOf<'proxy'> {
  const { config, trouble, check } = egress;
  const { keys, stranded, through } = moved;
  const [only] = through.size === 1 ? through.keys() : [];
  return {
    kind: 'proxy',
    id: `proxy:${config.egressId}`,
    severity: stranded > 0 ? 'high' : 'medium',
    since: wallOrNull(liveTime, trouble?.since ?? check?.at),
    proxyId: config.egressId,
    address: config.hint,
    ...whatIsWrong(egress),
    keys,
    stranded,
    through: only?.config.hint ?? null,
  };
}

function whatIsWrong({ trouble, disabled }: EgressState): Pick<AttentionOf<'proxy'>, 'trouble' | 'detail'> {
  return { trouble: trouble?.kind ?? 'unreachable', detail: trouble?.reason ?? disabled?.reason ?? null };
}

/** Where the keys go now that would go through one of these. */
async function movedKeys(
  context: AdminParts,
  out: ReadonlySet<EgressState>,
  now: number,
): Promise<ReadonlyMap<EgressState, Moved>> {
  const { egresses, pools } = context;
  const moved = new Map<EgressState, Moved>();
  for (const pool of pools.values()) {
    const binding = pool.config.egress;
    const ways = binding.mode === 'proxies' ? binding.egressIds.length : 1;
    const slice = Math.max(50, Math.floor(SLICE_PAIRS / Math.max(1, ways)));
    const homeOf = egresses.homes(binding);
    const wayAround = egresses.waysAround(binding, out, now);
    await forEachInSlices(
      pool.keys,
      ({ config, disabled }) => {
        if (disabled !== undefined) return;
        const home = homeOf(config);
        if (home === undefined || !out.has(home)) return;
        const entry = moved.get(home) ?? nothingMoved();
        moved.set(home, entry);
        entry.keys += 1;
        const way = wayAround(config);
        if (way === undefined) entry.stranded += 1;
        else entry.through.set(way, (entry.through.get(way) ?? 0) + 1);
      },
      slice,
    );
  }
  return moved;
}
