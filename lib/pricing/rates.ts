/** What a request has used. `cached` and `cacheWrite` are parts of `prompt`, `reasoning` is one of `completion`. */
export interface BilledTokens {
  readonly prompt: number;
  readonly cached: number;
  readonly cacheWrite: number;
  readonly completion: number;
  readonly reasoning: number;
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
  readonly output?: Rate | undefined;
  readonly reasoning?: Rate | undefined;
  /** USD for each request, whatever it uses. */
  readonly request?: number | undefined;
}

/** Costs are whole billionths of a dollar, so that sums of any number of them are exact. */
export const NANO_USD = 1e9;
const TOKENS = 1e6;

/**
 * What a request costs, in billionths of a US dollar; undefined if it has used anything that has no price. What is more
 * than the whole that it is a part of counts as the whole.
 */
export function costOf(tokens: BilledTokens, rates: Rates): number | undefined {
  const { prompt, completion } = tokens;
  const cached = Math.min(tokens.cached, prompt);
  const written = Math.min(tokens.cacheWrite, prompt - cached);
  const reasoning = Math.min(tokens.reasoning, completion);
  const { input, output } = rates;
  if ((prompt > 0 && input === undefined) || (completion > 0 && output === undefined)) return undefined;
  const at = (rate: Rate | undefined): number => rateAt(rate ?? 0, prompt);
  const millionths =
    (prompt - cached - written) * at(input) +
    cached * at(rates.cachedInput ?? input) +
    written * at(rates.cacheWrite ?? input) +
    (completion - reasoning) * at(output) +
    reasoning * at(rates.reasoning ?? output);
  return Math.round((millionths / TOKENS + (rates.request ?? 0)) * NANO_USD);
}

function rateAt(rate: Rate, prompt: number): number {
  if (typeof rate === 'number') return rate;
  return rate.steps.findLast(({ above }) => prompt > above)?.rate ?? rate.base;
}
