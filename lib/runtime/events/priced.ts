import type { Recorder, RequestRecord } from '../../gateway/record/record';
import { isAnswered } from '../../gateway/tokens/admission';
import type { Usage } from '../../openai/answer/usage';
import type { PriceBook } from '../../pricing/price-book';
import type { BilledTokens } from '../../pricing/rates';
import type { CountedReads } from '../../store/counted-reads';
import { UsageReads } from './usage-reads';

export interface PricingParts {
  readonly book: PriceBook;
  readonly counted: CountedReads;
  readonly wallOf: (at: number) => number;
}

/**
 * Tells each finished request what it has cost, before anybody counts it; what was only read again costs nothing. Of
 * work that was done behind its request this has to be found out: that is recorded a moment later.
 */
export class Pricing implements Recorder {
  readonly #reads: UsageReads;
  readonly #pending = new Set<Promise<void>>();

  constructor(
    private readonly recorder: Recorder,
    private readonly parts: PricingParts,
  ) {
    this.#reads = new UsageReads(parts.counted);
  }

  record(request: RequestRecord): void {
    const isCounted = this.#reads.isCounted(request);
    if (typeof isCounted === 'boolean') return this.#record(request, isCounted);
    const pending: Promise<void> = isCounted
      .then((known) => this.#record(request, known))
      .finally(() => this.#pending.delete(pending));
    this.#pending.add(pending);
  }

  /** All that has finished so far is recorded. */
  async settled(): Promise<void> {
    await Promise.all(this.#pending);
  }

  #record(request: RequestRecord, isCounted: boolean): void {
    const usage = isCounted ? undefined : request.usage;
    const priced = { ...request, usage, model: request.model ?? usage?.model };
    // A conversation comes with what its responses have cost, one by one.
    const told = usage === undefined ? undefined : request.costNano;
    priced.costNano = isCounted ? undefined : (told ?? this.#costOf(priced));
    const { admission } = request;
    if (admission !== undefined) {
      const supposed = supposedUsage(priced, admission.promptTokens);
      admission.settle(
        supposed === undefined
          ? priced
          : { ...priced, usage: supposed, costNano: this.#costOf({ ...priced, usage: supposed }) },
      );
    }
    this.recorder.record(priced);
  }

  #costOf(request: RequestRecord): number | undefined {
    const { book, wallOf } = this.parts;
    const { provider, model = '', usage, at } = request;
    if (provider === undefined) return undefined;
    if (usage !== undefined && !tellsTotalOnly(usage)) {
      return book.costOf(provider, model, billed(usage), wallOf(at));
    }
    return model !== '' && isWork(request) ? book.costOfRequest(provider, model, wallOf(at)) : undefined;
  }
}

/** What the provider has to be paid for: no read, no mere count, and no failure, also one that came as a 200. */
function isWork(request: RequestRecord): boolean {
  const { method, endpoint, outcome } = request;
  const isDone = outcome === 'success' || outcome === 'client_closed';
  return method === 'POST' && isDone && isAnswered(request) && !COUNTING.test(endpoint);
}

const COUNTING = /count_?tokens|input_tokens|tokenize/i;

/** Nobody knows which part of it was the prompt. */
export function tellsTotalOnly({ promptTokens, completionTokens, totalTokens }: Usage): boolean {
  return totalTokens > 0 && promptTokens + completionTokens === 0;
}

/** What a limit or a budget counts where the answer does not tell: about what was sent, and what has passed. */
function supposedUsage(request: RequestRecord, promptTokens: number): Usage | undefined {
  const { usage, passedTokens } = request;
  if (usage !== undefined || passedTokens === undefined || !isAnswered(request)) return undefined;
  const totalTokens = promptTokens + passedTokens;
  return { promptTokens, completionTokens: passedTokens, totalTokens, cachedTokens: 0, reasoningTokens: 0 };
}

export function billed(usage: Usage): BilledTokens {
  return {
    prompt: usage.promptTokens,
    cached: usage.cachedTokens,
    cacheWrite: usage.cacheWriteTokens ?? 0,
    cacheWrite1h: usage.cacheWrite1hTokens,
    audioPrompt: usage.audioPromptTokens,
    cachedAudio: usage.cachedAudioTokens,
    imagePrompt: usage.imagePromptTokens,
    completion: usage.completionTokens,
    reasoning: usage.reasoningTokens,
    audioCompletion: usage.audioCompletionTokens,
    imageCompletion: usage.imageCompletionTokens,
    tier: usage.tier,
  };
}
