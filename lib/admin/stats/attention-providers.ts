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

/** What is said of a model that rests is soon no news: only traffic can tell that it is back. */
const MODEL_NEWS_MS = 8_000;
const MODELS_MAX = 10;

/** Providers that answer, but fail many attempts, and models that they fail alone. */
export function failingProviders({
  configuration,
  pools,
  liveTime,
  shares,
}: AdminContext): (AttentionOf<'failing'> | AttentionOf<'model'>)[] {
  const now = liveTime.now();
  return configuration.inventory.providers.flatMap(({ id, slug, name, isEnabled }) => {
    const pool = pools.get(id);
    if (!isEnabled || pool === undefined) return [];
    if (pool.outage.current(now) !== undefined) {
      // It has a sentence of its own, and once it is over, what it cost is not told again.
      shares.forget(slug);
      return [];
    }
    const provider = { provider: slug, providerName: name };
    const models = pool.restingModels
      .filter(({ lastAt }) => now - lastAt < MODEL_NEWS_MS)
      .slice(0, MODELS_MAX)
      .map(({ model, since, reason }) => ({
        kind: 'model' as const,
        id: `model:${slug}:${model}`,
        severity: 'medium' as const,
        since: liveTime.wallOf(since),
        ...provider,
        model,
        status: statusIn(reason),
      }));
    const share = shares.of(slug, now);
    const isTold = share === undefined || models.some(({ model }) => model === share.model);
    if (isTold) return models;
    const { attempts, failed, answer, status, model, since } = share;
    return [
      ...models,
      {
        kind: 'failing' as const,
        id: `failing:${slug}`,
        severity: 'medium' as const,
        since: liveTime.wallOf(since),
        ...provider,
        ...{ attempts, failed, answer, status, model },
      },
    ];
  });
}

/** The reason of a breaker is a verdict, and the status of the answer if there was one. */
function statusIn(reason: string): number | null {
  const [, status] = / (\d{3})$/.exec(reason) ?? [];
  return status === undefined ? null : Number(status);
}
