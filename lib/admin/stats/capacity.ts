import type { Capacity } from '../../balancer/limits/capacity';
import { addedUp, CapacityTally, type CapacitySum } from '../../balancer/pool/capacity-tally';
import { capacityOf, limitedModels } from '../../balancer/pool/capacity-of';
import type { KeyState } from '../../balancer/pool/key-state';
import type { Pool } from '../../balancer/pool/pool';
import { capacityItem } from '../capacity-item';
import type { CapacityAnswer } from '../contract/capacity';
import type { EndpointInput } from '../contract/endpoint';
import type { statsApi } from '../contract/stats';
import type { AdminContext } from '../context';
import { providerOfField } from '../keys/find';
import { forEachInSlices } from '../slices';
import { windowOf } from './range';
import { readUsage } from './usage-kinds';

type Input = EndpointInput<typeof statsApi.capacity>;

const FRESH_MS = 500;
/** It looks at each key, once for each model. */
const FRESH_PER_TOOK = 20;
const MODELS_MAX = 50;
/** About a millisecond of work. */
const SLICE = 250;

interface OfProvider {
  readonly id: string;
  readonly slug: string;
  readonly isEnabled: boolean;
  readonly whole: CapacitySum;
  readonly models: ReadonlyMap<string, CapacitySum>;
}

/** What is left now and today by provider and by model, as far as it is known. */
export function capacity(context: AdminContext, { provider, model }: Input): Promise<CapacityAnswer> {
  const id = provider === undefined ? undefined : providerOfField(context, 'provider', provider).id;
  const name = JSON.stringify(['capacity', id ?? '', model ?? '']);
  return context.cache.get(name, FRESH_MS, () => readCapacity(context, id, model), FRESH_PER_TOOK);
}

async function readCapacity(context: AdminContext, id?: string, model?: string): Promise<CapacityAnswer> {
  const served = model === undefined ? await modelsServed(context) : new Map<string, readonly string[]>();
  const now = context.liveTime.now();
  const found: OfProvider[] = [];
  for (const row of context.configuration.inventory.providers) {
    const pool = context.pools.get(row.id);
    if (pool === undefined || (id ?? row.id) !== row.id) continue;
    const wanted = model === undefined ? (served.get(row.slug) ?? []) : [model];
    const { slug, isEnabled } = row;
    found.push({
      id: row.id,
      slug,
      isEnabled,
      ...(await poolCapacity(pool, wanted, model === undefined, now)),
    });
  }
  return answerOf(context, found);
}

/** By provider, the models asked for most first. */
async function modelsServed(context: AdminContext): Promise<Map<string, string[]>> {
  const rows = await readUsage(context, windowOf(context, { range: '24h' }), {
    groupBy: ['provider', 'model'],
    isTotal: true,
    isOfRequestsOnly: true,
  });
  const requests = new Map<string, Map<string, number>>();
  for (const row of rows) {
    if (row.provider === '' || row.model === '' || row.requests === 0) continue;
    const ofProvider = requests.get(row.provider) ?? new Map<string, number>();
    ofProvider.set(row.model, (ofProvider.get(row.model) ?? 0) + row.requests);
    requests.set(row.provider, ofProvider);
  }
  const byCount = (models: Map<string, number>): string[] =>
    [...models].sort(([, a], [, b]) => b - a).map(([model]) => model);
  return new Map([...requests].map(([provider, models]) => [provider, byCount(models)]));
}

interface Looked {
  readonly key: KeyState;
  /** What all models draw on. */
  readonly capacity: Capacity;
  /** Of which it has limits of their own. */
  readonly models: readonly string[];
}

/** Of `wanted` models, and with `withOwn` of those that keys have limits of their own for. */
async function poolCapacity(
  pool: Pool,
  wanted: readonly string[],
  withOwn: boolean,
  now: number,
): Promise<Pick<OfProvider, 'whole' | 'models'>> {
  const whole = new CapacityTally();
  const names = new Set(wanted.slice(0, MODELS_MAX));
  const looked: Looked[] = [];
  const look = (key: KeyState): void => {
    if (key.disabled !== undefined) return;
    const capacityOfAll = capacityOf(key, undefined, now);
    whole.add(key, capacityOfAll, '', now);
    const models = limitedModels(key);
    looked.push({ key, capacity: capacityOfAll, models });
    if (withOwn && names.size < MODELS_MAX) for (const model of models) names.add(model);
  };
  await forEachInSlices(pool.keys, look, SLICE);
  const models = new Map<string, CapacitySum>();
  for (const model of [...names].slice(0, MODELS_MAX)) {
    models.set(model, await modelCapacity(looked, model, now));
  }
  return { whole: whole.sum, models };
}

async function modelCapacity(looked: readonly Looked[], model: string, now: number): Promise<CapacitySum> {
  const tally = new CapacityTally();
  const add = ({ key, capacity: ofAll, models }: Looked): void => {
    const own = models.includes(model) ? capacityOf(key, model, now) : ofAll;
    tally.add(key, own, model, now);
  };
  await forEachInSlices(looked, add, SLICE);
  return tally.sum;
}

function answerOf({ liveTime }: AdminContext, found: readonly OfProvider[]): CapacityAnswer {
  const byModel = new Map<string, CapacitySum[]>();
  for (const { isEnabled, models } of found) {
    if (!isEnabled) continue;
    for (const [model, sum] of models) byModel.set(model, [...(byModel.get(model) ?? []), sum]);
  }
  return {
    providers: found.map(({ id, slug, whole, models }) => ({
      id,
      slug,
      capacity: capacityItem(whole, liveTime),
      models: [...models].map(([model, sum]) => ({ model, capacity: capacityItem(sum, liveTime) })),
    })),
    models: [...byModel].map(([model, sums]) => ({
      model,
      providers: sums.length,
      capacity: capacityItem(addedUp(sums), liveTime),
    })),
  };
}
