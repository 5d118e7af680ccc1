import { ALONE, type Company } from './company';
import { USE_LIMITS, type DayReset, type Limits, type UseLimits } from './limits';

/** What limits a key: what is set for it, and for the rest what is set for its provider. */
export interface EffectiveLimits {
  readonly whole: UseLimits | undefined;
  readonly byModel: ReadonlyMap<string, UseLimits>;
  readonly dayResetsAt: DayReset | undefined;
  /** Whom they are shared with. */
  readonly company: Company;
}

/** Undefined if nothing is limited. */
export function effectiveLimits(
  own: Limits = {},
  ofProvider: Limits = {},
  company: Company = ALONE,
): EffectiveLimits | undefined {
  const whole = merged(own, ofProvider);
  const byModel = limitsByModel(own, ofProvider);
  if (whole === undefined && byModel.size === 0) return undefined;
  return { whole, byModel, dayResetsAt: own.dayResetsAt ?? ofProvider.dayResetsAt, company };
}

function limitsByModel({ models = {} }: Limits, { models: others = {} }: Limits): Map<string, UseLimits> {
  const byModel = new Map<string, UseLimits>();
  for (const model of new Set([...Object.keys(models), ...Object.keys(others)])) {
    const limits = merged(ownOf(models, model), ownOf(others, model));
    if (limits !== undefined) byModel.set(model, limits);
  }
  return byModel;
}

/** Of names that any object has only those that were set count. */
function ownOf(models: Readonly<Record<string, UseLimits>>, model: string): UseLimits {
  return (Object.hasOwn(models, model) ? models[model] : undefined) ?? {};
}

function merged(own: UseLimits, ofProvider: UseLimits): UseLimits | undefined {
  const limits: { -readonly [name in keyof UseLimits]: UseLimits[name] } = {};
  for (const name of USE_LIMITS) {
    const limit = own[name] ?? ofProvider[name];
    if (limit !== undefined) limits[name] = limit;
  }
  return Object.keys(limits).length > 0 ? limits : undefined;
}
