import { LIVE_KEYS_MAX } from '../contract/live';
import type { KeyCounts } from '../contract/stats';
import { breakerItem, everybodysBreaker } from '../breaker-item';
import type { AdminParts } from '../context';
import { jobItem } from '../jobs/job-item';
import { lookUpKey } from '../keys/find';
import { keyItem } from '../keys/key-item';
import { proxyState, proxyUse } from '../proxies/proxy-item';
import { keyCounts, NO_KEYS, sumKeyCounts } from '../stats/key-counts';
import { taskItem } from '../tasks/task-item';
import { everybodysRates } from './everybodys-rates';
import type { LiveSources } from './hub';

// oxlint-disable-next-line max-lines-per-function -- a closure over the parts: one short function for each event
export function createLiveSources(parts: Omit<AdminParts, 'live'>): LiveSources {
  const { configuration, pools, egresses, tasks, jobs, now, liveTime } = parts;

  const providers = () =>
    configuration.inventory.providers.flatMap((row) => {
      const pool = pools.get(row.id);
      return pool === undefined ? [] : [{ row, pool }];
    });
  const countsByProvider = () =>
    providers().map(({ row, pool }) => ({ slug: row.slug, keys: keyCounts(pool, liveTime.now()) }));
  const rates = () => ({
    ...everybodysRates(parts),
    ofAll: !parts.instances.isUnheard,
    instances: parts.instances
      .list()
      .map(({ id, inFlight, waiting, requestsPerMinute }) => ({ id, inFlight, waiting, requestsPerMinute })),
  });
  let egressUse = new Map<string, string>();

  return {
    snapshot() {
      const items = providers().map(({ row, pool }) => ({
        id: row.id,
        slug: row.slug,
        name: row.name,
        isEnabled: row.isEnabled,
        breaker: breakerItem(everybodysBreaker(pool), liveTime),
        keys: keyCounts(pool, liveTime.now()),
      }));
      return {
        at: now(),
        providers: items,
        keys: sumOf(items),
        proxies: [...egresses.states].map((egress) => proxyState(egress, liveTime)),
        rates: rates(),
        tasks: tasks
          .list()
          .filter(({ finishedAt }) => finishedAt === undefined)
          .map(taskItem),
        jobs: jobs.statuses.map(jobItem),
        settingsRevision: parts.revisions.current,
      };
    },
    keys(changed, removed) {
      const items = [...changed].slice(0, LIVE_KEYS_MAX).flatMap((id) => {
        const key = lookUpKey(parts, id);
        return key === undefined ? [] : [keyItem(key, liveTime)];
      });
      const counts = countsByProvider();
      return {
        changed: items,
        more: Math.max(0, changed.size - LIVE_KEYS_MAX) + Math.max(0, removed.size - LIVE_KEYS_MAX),
        removed: [...removed].slice(0, LIVE_KEYS_MAX),
        counts: sumOf(counts),
        providers: counts,
      };
    },
    breakers: () => ({
      providers: providers().map(({ row, pool }) => ({
        id: row.id,
        slug: row.slug,
        breaker: breakerItem(everybodysBreaker(pool), liveTime),
      })),
    }),
    egress: (ids) => ({
      proxies: [...ids].flatMap((id) => {
        const egress = egresses.get(id);
        return egress === undefined ? [] : [proxyState(egress, liveTime)];
      }),
    }),
    usedEgresses() {
      const before = egressUse;
      egressUse = new Map(
        [...egresses.states].map((egress) => [
          egress.config.egressId,
          Object.values(proxyUse(egress)).join(' '),
        ]),
      );
      return [...egressUse].flatMap(([id, use]) => (before.get(id) === use ? [] : [id]));
    },
    rates,
    tasks: (ids) => ({
      tasks: [...ids].flatMap((id) => {
        const status = tasks.get(id);
        return status === undefined ? [] : [taskItem(status)];
      }),
    }),
    jobs: () => ({ jobs: jobs.statuses.map(jobItem) }),
    get revision() {
      return parts.revisions.current;
    },
  };
}

function sumOf(items: readonly { readonly keys: KeyCounts }[]): KeyCounts {
  return items.length === 0 ? NO_KEYS : sumKeyCounts(items.map(({ keys }) => keys));
}
