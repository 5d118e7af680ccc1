import type { PlanBuilder } from '../plan-builder';
import { groupBy } from '../rows';
import type { Deployment } from './litellm-deployments';

const WEIGHT_MAX = 1_000;
/** Of this much of a weight nobody would see the loss. */
const ROUNDING = 0.01;

/**
 * The weights of routes: whole numbers in the proportions that the deployments of one name and order have there, where
 * they may be fractions.
 */
export function weightsOf(
  builder: PlanBuilder,
  deployments: readonly Deployment[],
): ReadonlyMap<Deployment, number> {
  const weights = new Map<Deployment, number>();
  for (const together of groupBy(deployments, ({ asked, order }) => JSON.stringify([asked, order]))) {
    const name = together[0]?.asked ?? '';
    remarkOn(builder, name, together);
    const given = together.map(({ weight }) => (weight !== null && weight > 0 ? weight : undefined));
    const scale = scaleOf(given.filter((one) => one !== undefined));
    const whole = given.map((one) => Math.max(1, Math.round((one ?? 0) * scale)));
    if (given.some((one, place) => one !== undefined && isOff(one * scale, whole[place] ?? 1)))
      builder.remarks.add('weights are rounded: they are whole numbers from 1 to 1000 here', name);
    together.forEach((deployment, place) => weights.set(deployment, whole[place] ?? 1));
  }
  return weights;
}

function isOff(exact: number, whole: number): boolean {
  return Math.abs(exact - whole) > exact * ROUNDING;
}

/** The smallest power of ten that makes all of them whole, within what a weight can be. */
function scaleOf(weights: readonly number[]): number {
  const most = Math.max(0, ...weights);
  if (most === 0) return 1;
  const fits = [1, 10, 100, 1_000].find((scale) =>
    weights.every((one) => !isOff(one * scale, Math.round(one * scale))),
  );
  return Math.min(fits ?? Number.POSITIVE_INFINITY, WEIGHT_MAX / most);
}

function remarkOn(builder: PlanBuilder, name: string, together: readonly Deployment[]): void {
  if (together.length < 2) return;
  const isWeighed = together.some(({ weight }) => weight !== null && weight > 0);
  if (isWeighed && together.some(({ weight }) => weight === null || weight <= 0))
    builder.remarks.add('deployment without a weight beside others that have one: its weight is 1', name);
  const rates = new Set(
    together.map(({ limits }) => limits.requestsPerMinute ?? limits.tokensPerMinute ?? 0),
  );
  if (!isWeighed && rates.size > 1)
    builder.remarks.add('deployments of one model with several rpm or tpm get equal shares here', name);
}
