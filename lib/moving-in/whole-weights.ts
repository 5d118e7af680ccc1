const WEIGHT_MAX = 1_000;
const SCALE_MAX = 100;
/** Of this much of a weight nobody would see the loss. */
const ROUNDING = 0.01;

/** Whole numbers from 1 to 1000 in the proportions of the shares, which are above 0; the smallest ones that do. */
export function wholeWeights(shares: readonly number[]): {
  readonly weights: readonly number[];
  readonly isRounded: boolean;
} {
  const most = Math.max(...shares);
  const isWhole = (scale: number): boolean =>
    shares.every((one) => !isOff(one * scale, Math.round(one * scale)));
  const fits = Array.from({ length: SCALE_MAX }, (_one, index) => index + 1).find(isWhole);
  const scale = Math.min(fits ?? Number.POSITIVE_INFINITY, WEIGHT_MAX / most);
  const weights = shares.map((one) => Math.max(1, Math.round(one * scale)));
  return { weights, isRounded: weights.some((weight, place) => isOff((shares[place] ?? 0) * scale, weight)) };
}

function isOff(exact: number, whole: number): boolean {
  return Math.abs(exact - whole) > exact * ROUNDING;
}
