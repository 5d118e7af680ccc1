/** How a chat request limits its answer: `{"max_tokens": 1}`. */
export type OutputLimit = { readonly max_tokens: number } | { readonly max_completion_tokens: number };

export const FIRST_LIMIT: OutputLimit = { max_tokens: 1 };

/** What models that have a minimum ask for, if they do not say. */
const USUAL_MINIMUM = 16;
/** More than this is not a short answer. */
const MINIMUM_MAX = 256;

/**
 * What to try after an upstream's complaint about the limit: the other name for it, or a larger value. `ran`: the model
 * did answer, and only found no room for it. Undefined if the complaint is about something else.
 */
export function nextLimit(limit: OutputLimit, complaint: string): OutputLimit | 'ran' | undefined {
  const text = complaint.toLowerCase();
  if (!/max[_ ](?:\w+[_ ])?tokens|output limit/.test(text)) return undefined;
  if (/limit was reached|could not finish/.test(text)) return 'ran';

  const isNameWrong =
    /unsupported parameter|not supported|unrecognized|unknown|extra inputs|use 'max_completion_tokens'/;
  const [name = 'max_tokens', value = 1] = Object.entries(limit)[0] ?? [];
  if (name === 'max_tokens' && isNameWrong.test(text)) return { max_completion_tokens: value };
  const larger = Math.max(minimumIn(text), USUAL_MINIMUM);
  if (larger <= value || larger > MINIMUM_MAX) return undefined;
  return name === 'max_tokens' ? { max_tokens: larger } : { max_completion_tokens: larger };
}

/** "Expected a value >= 16", "must be at least 16", "greater than or equal to 16"; 0 if none is named. */
function minimumIn(text: string): number {
  return Number(
    /(?:>=|at least|minimum(?: value)?(?: is| of)?|or equal to)\s*(\d{1,6})/.exec(text)?.[1] ?? 0,
  );
}
