import type { Recorder, RequestRecord } from '../../gateway/record/record';
import type { Usage } from '../../openai/answer/usage';
import type { PriceBook } from '../../pricing/price-book';
import type { BilledTokens } from '../../pricing/rates';

/** Tells each finished request what it has cost, before anybody counts it. */
export function pricing(recorder: Recorder, book: PriceBook, wallOf: (at: number) => number): Recorder {
  const costOf = ({ at, provider, model, usage }: RequestRecord): number | undefined =>
    usage === undefined || provider === undefined
      ? undefined
      : book.costOf(provider, model ?? '', billed(usage), wallOf(at));
  return {
    record(request) {
      const priced = { ...request, costNano: costOf(request) };
      request.admission?.settle(priced);
      recorder.record(priced);
    },
  };
}

export function billed(usage: Usage): BilledTokens {
  return {
    prompt: usage.promptTokens,
    cached: usage.cachedTokens,
    cacheWrite: usage.cacheWriteTokens ?? 0,
    completion: usage.completionTokens,
    reasoning: usage.reasoningTokens,
  };
}
