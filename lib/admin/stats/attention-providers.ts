import type { AttentionOf } from '../contract/stats';
import type { AdminContext } from '../context';

/** Providers that are out. Not those that a person has disabled, nor those that have no key to be asked with. */
export function troubledProviders({
  configuration,
  pools,
  liveTime,
  tolls,
}: AdminContext): AttentionOf<'provider'>[] {
  const names = new Map(configuration.inventory.providers.map(({ slug, name }) => [slug, name]));
  return configuration.inventory.providers.flatMap(({ id, slug, name, isEnabled }) => {
    const pool = pools.get(id);
    const outage =
      isEnabled && pool !== undefined && pool.candidates > 0 ? pool.outage.news(liveTime.now()) : undefined;
    if (outage === undefined) return [];
    const { since, seen } = outage;
    const { helpedBy, failed } = tolls.of(slug, since);
    const [helper] = helpedBy.size === 1 ? helpedBy.keys() : [];
    return [
      {
        kind: 'provider',
        id: `provider:${slug}`,
        severity: 'high',
        since: liveTime.wallOf(since),
        provider: slug,
        providerName: name,
        answer: seen.kind,
        status: seen.status ?? null,
        detail: seen.detail ?? null,
        helped: [...helpedBy.values()].reduce((sum, count) => sum + count, 0),
        helper: helper === undefined ? null : (names.get(helper) ?? helper),
        failed,
      },
    ];
  });
}
