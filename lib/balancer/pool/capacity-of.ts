import type { Capacity } from '../limits/capacity';
import type { KeyState } from './key-state';

/** Of a key that has neither limits nor requests nothing is known. */
const UNKNOWN: Capacity = {};

/** What is left for the key of the model, or, without one, of what all models draw on. */
export function capacityOf({ account, limits }: KeyState, model: string | undefined, now: number): Capacity {
  return account === undefined ? UNKNOWN : account.capacity(limits, model, now);
}

/** Models for which the key has limits of their own, set or learnt; one may be there twice. */
export function limitedModels({ account, limits }: KeyState): readonly string[] {
  return [...(limits?.byModel.keys() ?? []), ...(account?.modelsLearnt ?? [])];
}
