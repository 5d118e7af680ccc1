import { USE_LIMITS, type Limits, type UseLimits } from '../balancer/limits/limits';
import { limits as bounds } from '../config/limits';
import type { Remarks } from './remarks';

const MODELS_MAX = 100;
const MODEL_MAX = 191;
const MODEL_NAME = /^[^\u0000-\u001f\u007f]{1,191}$/;

/** A whole number of a source; null for none. */
function whole(number: number | null | undefined): number | null {
  return number === null || number === undefined || !Number.isFinite(number) ? null : Math.round(number);
}

/**
 * Limits that are limits: other programs write "none" as 0 or as nothing. null if none is left. What there is no room
 * for is told in `remarks`, as of `item`.
 */
export function cleanLimits(given: Limits | null | undefined, remarks: Remarks, item: string): Limits | null {
  const uses = cleanUses(given ?? {});
  const limited = Object.entries(given?.models ?? {})
    .map(([name, limits]) => [name, cleanUses(limits)] as const)
    .filter(([, limits]) => Object.keys(limits).length > 0);
  for (const [name] of limited.filter(([one]) => one.length > MODEL_MAX))
    remarks.add(`limits of a model left out: its name is longer than ${MODEL_MAX} characters`, name);
  const named = limited.filter(([name]) => MODEL_NAME.test(name));
  const models = named.slice(0, MODELS_MAX);
  const more = named.length - models.length;
  if (more > 0)
    remarks.add(`limits of models left out: there can be those of ${MODELS_MAX} models`, item, more);
  const kept: Limits = { ...uses, ...(models.length > 0 && { models: Object.fromEntries(models) }) };
  return Object.keys(kept).length === 0 ? null : kept;
}

function cleanUses(given: UseLimits): UseLimits {
  const { min, max } = bounds.useLimit;
  const kept = USE_LIMITS.flatMap((name) => {
    const value = whole(given[name]);
    return value === null || value < min ? [] : [[name, Math.min(max, value)] as const];
  });
  return Object.fromEntries(kept);
}
