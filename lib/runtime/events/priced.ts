import type { Recorder, RequestRecord } from '../../gateway/record/record';
import { isAnswered } from '../../gateway/tokens/admission';
import type { Usage } from '../../openai/answer/usage';
import type { PriceBook } from '../../pricing/price-book';
import type { BilledTokens } from '../../pricing/rates';
import { UsageReads } from './usage-reads';

/** Tells each finished request what it has cost, before anybody counts it; what was only read again costs nothing. */
export function pricing(recorder: Recorder, book: PriceBook, wallOf: (at: number) => number): Recorder {
  const reads = new UsageReads();
  const costOf = ({ at, provider, model, usage }: RequestRecord): number | undefined =>
    usage === undefined || provider === undefined || tellsTotalOnly(usage)
      ? undefined
      : book.costOf(provider, model ?? '', billed(usage), wallOf(at));
  return {
    record(request) {
      const usage = reads.isCounted(request) ? undefined : request.usage;
      const counted = { ...request, usage, model: request.model ?? usage?.model };
      const priced = { ...counted, costNano: costOf(counted) };
      const { admission } = request;
      if (admission !== undefined) {
        const supposed = supposedUsage(priced, admission.promptTokens);
        admission.settle(
          supposed === undefined
            ? priced
            : { ...priced, usage: supposed, costNano: costOf({ ...priced, usage: supposed }) },
        );
      }
      recorder.record(priced);
    },
  };
}

/** Nobody knows which part of it was the prompt. */
function tellsTotalOnly({ promptTokens, completionTokens, totalTokens }: Usage): boolean {
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
