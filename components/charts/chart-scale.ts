/** What the axis of values shows, from 0 up. */
export interface ValueAxis {
  readonly top: number;
  readonly ticks: readonly number[];
}

/** An empty chart reaches so far, or it would show halves of requests. */
const TOP_MIN = 4;
const ROUND_STEPS = [1, 2, 2.5, 5, 10] as const;

/** At most so many steps of a round whole number, the last of them at or above the highest value. */
export function valueAxis(highest: number, stepsMax: number): ValueAxis {
  const reach = Math.max(highest, TOP_MIN);
  const step = roundStep(reach / stepsMax);
  const steps = Math.ceil(reach / step);
  return { top: steps * step, ticks: Array.from({ length: steps + 1 }, (_, index) => index * step) };
}

function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(least, 1)));
  const round = ROUND_STEPS.find((factor) => factor * power >= least && Number.isInteger(factor * power));
  return (round ?? 10) * power;
}

export interface AxisLabel {
  readonly at: number;
  readonly x: number;
  readonly text: string;
}

const CHARACTER_PX = 6.5;
const GAP_PX = 14;

/** Those labels of an axis that run neither into the one before nor beyond its right end. */
export function spacedLabels(labels: readonly AxisLabel[], rightEnd: number): AxisLabel[] {
  let end = -Infinity;
  return labels.filter(({ x, text }) => {
    const half = (text.length * CHARACTER_PX) / 2;
    if (x - half < end + GAP_PX || x + half > rightEnd) return false;
    end = x + half;
    return true;
  });
}

/** An SVG path through the places, broken where there is none. */
export function linePath(places: readonly (readonly [x: number, y: number] | undefined)[]): string {
  return places
    .map((place, index) => {
      if (place === undefined) return '';
      const command = places[index - 1] === undefined ? 'M' : 'L';
      return `${command}${place[0].toFixed(1)} ${place[1].toFixed(1)}`;
    })
    .join('');
}
