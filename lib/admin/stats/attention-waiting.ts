import type { AttentionOf } from '../contract/stats';
import type { AdminParts } from '../context';

/** Shorter waits come and go: nobody has to look at them. */
const NEWS_MS = 1_000;

/** Providers whose keys requests have waited for, for a while. */
export function waitingRequests({
  configuration,
  pools,
  crowdOf,
  liveTime,
}: AdminParts): AttentionOf<'waiting'>[] {
  const now = liveTime.now();
  return configuration.inventory.providers.flatMap(({ id, slug, name }) => {
    const pool = pools.get(id);
    const crowd = pool && crowdOf(pool);
    if (crowd === undefined || now - crowd.since < NEWS_MS) return [];
    return [
      {
        kind: 'waiting',
        id: `waiting:${slug}`,
        severity: 'medium',
        since: liveTime.wallOf(crowd.since),
        provider: slug,
        providerName: name,
        count: crowd.count,
      },
    ];
  });
}
