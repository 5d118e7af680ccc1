import type { AttentionOf } from '../contract/stats';
import type { RestingModel } from '../../balancer/health/model-breakers';
import type { AdminParts } from '../context';
import type { LiveTime } from '../live-time';

/** What has to be known for it. */
export type TroublesOf = Pick<AdminParts, 'pools' | 'liveTime' | 'tolls' | 'shares'> & {
  readonly configuration: Pick<AdminParts['configuration'], 'inventory'>;
};

/** Providers that are out. Not those that a person has disabled, nor those that have no key to be asked with. */
export function troubledProviders({
  configuration,
  pools,
  liveTime,
  tolls,
}: TroublesOf): AttentionOf<'provider'>[] {
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

/** Providers that answer, but fail many attempts, and models that they fail alone. */
export function failingProviders({
  configuration,
  pools,
  liveTime,
  shares,
}: TroublesOf): (AttentionOf<'failing'> | AttentionOf<'model'>)[] {
  const now = liveTime.now();
  return configuration.inventory.providers.flatMap(({ id, slug, name, isEnabled }) => {
    const pool = pools.get(id);
    if (!isEnabled || pool === undefined) return [];
    if (pool.outage.news(now) !== undefined || pool.outage.current(now) !== undefined) {
      // It has a sentence of its own, and once it is over, what it cost is not told again.
      shares.forget(slug);
      return [];
    }
    const provider = { provider: slug, providerName: name };
    const resting = pool.restingModels.filter(({ lastAt }) => now - lastAt < MODEL_NEWS_MS);
    const models = modelsItem(resting, provider, liveTime);
    for (const { model } of pool.restingModels) shares.forgetModel(slug, model);
    const share = shares.of(slug, now);
    if (share === undefined) return models;
    const { attempts, failed, answer, status, since } = share;
    const [model = ''] = share.models.size === 1 ? share.models : [];
    return [
      ...models,
      {
        kind: 'failing' as const,
        id: `failing:${slug}`,
        severity: 'medium' as const,
        since: liveTime.wallOf(since),
        ...provider,
        ...{ attempts, failed, answer, status, model: model === '' ? null : model },
      },
    ];
  });
}

/** One sentence, however many models rest. */
function modelsItem(
  resting: readonly RestingModel[],
  provider: Pick<AttentionOf<'model'>, 'provider' | 'providerName'>,
  liveTime: LiveTime,
): AttentionOf<'model'>[] {
  const [first] = resting;
  if (first === undefined) return [];
  const isOne = resting.length === 1;
  const statuses = new Set(resting.map(({ reason }) => statusIn(reason)));
  return [
    {
      kind: 'model',
      id: `model:${provider.provider}:${isOne ? first.model : '*'}`,
      severity: 'medium',
      since: liveTime.wallOf(Math.min(...resting.map(({ since }) => since))),
      ...provider,
      model: isOne ? first.model : null,
      models: resting.length,
      status: statuses.size === 1 ? statusIn(first.reason) : null,
    },
  ];
}

/** The reason of a breaker is a verdict, and the status of the answer if there was one. */
function statusIn(reason: string): number | null {
  const [, status] = / (\d{3})$/.exec(reason) ?? [];
  return status === undefined ? null : Number(status);
}
