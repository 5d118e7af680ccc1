const MARGIN = { top: 6, right: 4, bottom: 24, left: 52 } as const;
/** What stands beside the axis: about so wide a character, and a gap before the lines. */
const CHARACTER = 6.6;
const LABEL_GAP = 9;
/** Of a bucket's width, unless there are so many that gaps would only blur them. */
const GAP_SHARE = 0.12;
const GAPS_MAX = 100;

/** Where values and buckets lie in a drawing, in pixels. */
export interface Plot {
  readonly left: number;
  readonly right: number;
  /** The width of a bucket. */
  readonly band: number;
  readonly barWidth: number;
  readonly yOf: (value: number) => number;
  readonly leftOf: (index: number) => number;
  readonly middleOf: (index: number) => number;
  /** The bucket at this place; the nearest one beside the drawing. */
  readonly indexAt: (x: number) => number;
}

interface PlotOptions {
  readonly width: number;
  readonly height: number;
  /** The value at the upper end. */
  readonly top: number;
  readonly count: number;
  /** Characters of the longest label beside the axis; short ones get no less room than others. */
  readonly labelLength?: number;
}

export function plotOf({ width, height, top, count, labelLength = 0 }: PlotOptions): Plot {
  const left = Math.max(MARGIN.left, Math.ceil(labelLength * CHARACTER) + LABEL_GAP);
  const right = Math.max(left, width - MARGIN.right);
  const band = (right - left) / Math.max(1, count);
  const bottom = height - MARGIN.bottom;
  const leftOf = (index: number) => left + index * band;
  return {
    left,
    right,
    band,
    barWidth: count > GAPS_MAX ? band : band * (1 - GAP_SHARE),
    yOf: (value) => bottom - (value / top) * (bottom - MARGIN.top),
    leftOf,
    middleOf: (index) => leftOf(index + 0.5),
    indexAt: (x) => Math.min(count - 1, Math.max(0, Math.floor((x - left) / band))),
  };
}
