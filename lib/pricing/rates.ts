/**
 * What a request has used. `cached`, `cacheWrite` and the kinds of prompt are parts of `prompt`, `reasoning` and the
 * kinds of completion are parts of `completion`. What is absent is none.
 */
export interface BilledTokens {
  readonly prompt: number;
  readonly cached: number;
  readonly cacheWrite: number;
  /** Part of `cacheWrite`: kept for an hour in place of five minutes. */
  readonly cacheWrite1h?: number | undefined;
  readonly audioPrompt?: number | undefined;
  /** Part of `cached` and of `audioPrompt`. */
  readonly cachedAudio?: number | undefined;
  readonly imagePrompt?: number | undefined;
  readonly completion: number;
  readonly reasoning: number;
  readonly audioCompletion?: number | undefined;
  readonly imageCompletion?: number | undefined;
  /** How the provider served it, where that was not the usual way: `batch`, `flex`, `priority` or its own word. */
  readonly tier?: string | undefined;
}

/** USD for a million tokens; with steps, what holds for all of them once the prompt is longer than that. */
export type Rate = number | { readonly base: number; readonly steps: readonly Step[] };

export interface Step {
  readonly above: number;
  readonly rate: number;
}

/** What a model costs. What has no rate of its own costs what it is a part of. */
export interface Rates {
  readonly input?: Rate | undefined;
  readonly cachedInput?: Rate | undefined;
  readonly cacheWrite?: Rate | undefined;
  readonly cacheWrite1h?: Rate | undefined;
  readonly inputAudio?: Rate | undefined;
  readonly cachedAudio?: Rate | undefined;
  readonly inputImage?: Rate | undefined;
  readonly output?: Rate | undefined;
  readonly reasoning?: Rate | undefined;
  readonly outputAudio?: Rate | undefined;
  readonly outputImage?: Rate | undefined;
  /** USD for each request, whatever it uses. */
  readonly request?: number | undefined;
  /** What another way of serving costs, as a share of the usual price: 0.5 is half of it. */
  readonly batch?: number | undefined;
  readonly flex?: number | undefined;
  readonly priority?: number | undefined;
  /** The share of ways that have none of their own. Default: nobody knows. */
  readonly otherTiers?: number | undefined;
  /** What is known to have a price of its own, while nobody knows which. */
  readonly unknown?: readonly UnknownPart[] | undefined;
}

export type UnknownPart = 'audio' | 'cacheWrite1h';

/** Costs are whole billionths of a dollar, so that sums of any number of them are exact. */
export const NANO_USD = 1e9;
const TOKENS = 1e6;

/**
 * What a request costs, in billionths of a US dollar; undefined if it has used anything that has no price, or if it is
 * more than can be counted. What is more than the whole that it is a part of counts as the whole.
 */
export function costOf(tokens: BilledTokens, rates: Rates): number | undefined {
  const share = shareOf(tokens.tier, rates);
  if (share === undefined || usesUnknown(tokens, rates)) return undefined;
  const input = inputCost(tokens, rates);
  const output = outputCost(tokens, rates);
  if (input === undefined || output === undefined) return undefined;
  const cost = Math.round((((input + output) * share) / TOKENS + (rates.request ?? 0)) * NANO_USD);
  return Number.isSafeInteger(cost) ? cost : undefined;
}

const TOKEN_RATES = [
  ...([
    'input',
    'cachedInput',
    'cacheWrite',
    'cacheWrite1h',
    'inputAudio',
    'cachedAudio',
    'inputImage',
  ] as const),
  ...(['output', 'reasoning', 'outputAudio', 'outputImage'] as const),
] as const satisfies readonly (keyof Rates)[];

/** What is paid by the request alone: its tokens cost nothing. */
export function withoutTokenRates(rates: Rates): boolean {
  return TOKEN_RATES.every((name) => rates[name] === undefined || rates[name] === 0);
}

/**
 * What a request costs whose tokens nobody has told, in billionths of a US dollar; undefined where that depends on
 * them.
 */
export function costWithoutTokens(rates: Rates): number | undefined {
  if (rates.request === undefined || !withoutTokenRates(rates)) return undefined;
  const cost = Math.round(rates.request * NANO_USD);
  return Number.isSafeInteger(cost) ? cost : undefined;
}

function shareOf(tier: string | undefined, rates: Rates): number | undefined {
  if (tier === undefined) return 1;
  const own = tier === 'batch' || tier === 'flex' || tier === 'priority' ? rates[tier] : undefined;
  return own ?? rates.otherTiers;
}

function usesUnknown(tokens: BilledTokens, { unknown = [] }: Rates): boolean {
  const { audioPrompt = 0, audioCompletion = 0, cacheWrite1h = 0 } = tokens;
  if (audioPrompt + audioCompletion > 0 && unknown.includes('audio')) return true;
  return cacheWrite1h > 0 && unknown.includes('cacheWrite1h');
}

/** In millionths of a dollar. */
function inputCost(tokens: BilledTokens, rates: Rates): number | undefined {
  const { prompt } = tokens;
  const cached = Math.min(tokens.cached, prompt);
  const written = Math.min(tokens.cacheWrite, prompt - cached);
  const long = Math.min(tokens.cacheWrite1h ?? 0, written);
  const audio = Math.min(tokens.audioPrompt ?? 0, prompt);
  const cachedAudio = Math.min(tokens.cachedAudio ?? 0, cached, audio);
  // What is neither cached nor written: of it sound first, then images, and the rest is text.
  const plain = prompt - cached - written;
  const plainAudio = Math.min(audio - cachedAudio, plain);
  const plainImage = Math.min(tokens.imagePrompt ?? 0, plain - plainAudio);
  const { input } = rates;
  const writeRate = rates.cacheWrite ?? input;
  const audioRate = rates.inputAudio ?? input;
  return sumOf(prompt, [
    [plain - plainAudio - plainImage, input],
    [plainAudio, audioRate],
    [plainImage, rates.inputImage ?? input],
    [cached - cachedAudio, rates.cachedInput ?? input],
    [cachedAudio, rates.cachedAudio ?? audioRate],
    [written - long, writeRate],
    [long, rates.cacheWrite1h ?? writeRate],
  ]);
}

/** The same. A model that makes images or sound alone may have no rate for text. */
function outputCost(tokens: BilledTokens, rates: Rates): number | undefined {
  const { completion } = tokens;
  const { output } = rates;
  const onlyImages = output === undefined && rates.outputImage !== undefined;
  const onlyAudio = output === undefined && !onlyImages && rates.outputAudio !== undefined;
  const audio = onlyAudio ? completion : Math.min(tokens.audioCompletion ?? 0, completion);
  const image = onlyImages ? completion - audio : Math.min(tokens.imageCompletion ?? 0, completion - audio);
  const reasoning = Math.min(tokens.reasoning, completion - audio - image);
  return sumOf(tokens.prompt, [
    [completion - audio - image - reasoning, output],
    [audio, rates.outputAudio ?? output],
    [image, rates.outputImage ?? output],
    [reasoning, rates.reasoning ?? output],
  ]);
}

/** Undefined if anything of it has no rate. */
function sumOf(
  prompt: number,
  parts: readonly (readonly [tokens: number, rate: Rate | undefined])[],
): number | undefined {
  let sum = 0;
  for (const [tokens, rate] of parts) {
    if (tokens === 0) continue;
    if (rate === undefined) return undefined;
    sum += tokens * rateAt(rate, prompt);
  }
  return sum;
}

function rateAt(rate: Rate, prompt: number): number {
  if (typeof rate === 'number') return rate;
  return rate.steps.findLast(({ above }) => prompt > above)?.rate ?? rate.base;
}
