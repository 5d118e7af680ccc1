import type { Price } from '../../pricing/price-book';
import type { Rate, Rates } from '../../pricing/rates';
import type { AdminContext } from '../context';
import type { EndpointInput } from '../contract/endpoint';
import type { PriceAnswer, PricedModelItem, PriceListAnswer, pricesApi } from '../contract/prices';
import { busiest } from '../stats/busiest';
import { windowOf } from '../stats/range';
import { readUsage } from '../stats/usage-kinds';

/** More models than anybody reads. */
const MODELS_MAX = 300;

/** Models that were asked for in the last 30 days, the busiest first, or the one that is named. */
export async function listPrices(
  context: AdminContext,
  { provider, model }: EndpointInput<typeof pricesApi.list>,
) {
  const items =
    provider !== undefined && model !== undefined
      ? [pricedModel(context, provider, model, 0)]
      : await usedModels(context, {
          ...(provider !== undefined && { provider }),
          ...(model !== undefined && { model }),
        });
  return { list: priceList(context), items };
}

export function priceList({ prices }: Pick<AdminContext, 'prices'>): PriceListAnswer {
  const { source, at, models, problem } = prices.inUse;
  return { source, at, models, problem: problem ?? null };
}

async function usedModels(
  context: AdminContext,
  of: { readonly provider?: string; readonly model?: string },
): Promise<PricedModelItem[]> {
  const window = windowOf(context, { range: '30d' });
  const rows = await readUsage(context, window, { ...of, groupBy: ['provider', 'model'], isTotal: true });
  const groups = await busiest(rows, ['provider', 'model'], MODELS_MAX);
  return groups.flatMap(({ rows: [row], requests }) =>
    row === undefined ? [] : [pricedModel(context, row.provider, row.model, requests)],
  );
}

function pricedModel(
  { prices, now }: AdminContext,
  provider: string,
  model: string,
  requests: number,
): PricedModelItem {
  const price = prices.priceOf(provider, model, now());
  return { provider, model, requests, price: price === undefined ? null : answerOf(price) };
}

function answerOf({ rates, source, entry }: Price): PriceAnswer {
  const isOwn = source === 'own';
  return {
    source: isOwn ? 'own' : 'catalogue',
    provider: isOwn ? (entry?.provider ?? null) : source.provider,
    model: isOwn ? (entry?.model ?? null) : source.model,
    ...ratesOf(rates),
    request: rates.request ?? null,
    batch: rates.batch ?? null,
    flex: rates.flex ?? null,
    priority: rates.priority ?? null,
  };
}

function ratesOf(rates: Rates) {
  return {
    input: rateOf(rates.input),
    cachedInput: rateOf(rates.cachedInput),
    cacheWrite: rateOf(rates.cacheWrite),
    cacheWrite1h: rateOf(rates.cacheWrite1h),
    inputAudio: rateOf(rates.inputAudio),
    cachedAudio: rateOf(rates.cachedAudio),
    inputImage: rateOf(rates.inputImage),
    output: rateOf(rates.output),
    reasoning: rateOf(rates.reasoning),
    outputAudio: rateOf(rates.outputAudio),
    outputImage: rateOf(rates.outputImage),
  };
}

function rateOf(rate: Rate | undefined): PriceAnswer['input'] {
  if (rate === undefined) return null;
  if (typeof rate === 'number') return { base: rate, steps: [] };
  return { base: rate.base, steps: rate.steps.map(({ above, rate: of }) => ({ above, rate: of })) };
}
