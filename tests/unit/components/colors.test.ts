import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { chartSeries, type ChartMetric } from '../../../components/charts/chart-series';
import { GROUP_COLORS, OTHERS_COLOR } from '../../../components/explore/explore-content';
import { colorsOf, distance, EYES, type Eyes } from './colors';

const css = readFileSync(new URL('../../../app/globals.css', import.meta.url), 'utf8');
const themes = { light: ':root', dark: '.dark' } as const;
/** Ten times what is just noticed side by side would be 0.2; in a chart they touch, and this is plenty. */
const APART_MIN = 0.12;

describe.each(Object.entries(themes))('in the %s theme', (_, selector) => {
  const colors = colorsOf(css, selector);
  const colorOf = (name: string) => {
    const color = colors.get(name);
    if (color === undefined) throw new Error(`no colour ${name}`);
    return color;
  };

  const charts = {
    ...Object.fromEntries(
      (Object.keys(chartSeries) as ChartMetric[]).map((metric) => [
        metric,
        chartSeries[metric].series.map(({ color }) => color),
      ]),
    ),
    groups: [...GROUP_COLORS, OTHERS_COLOR],
  };
  it.each(Object.entries(charts))(
    'the series of the chart of %s are told apart from each other and from the card, by colour-blind people too',
    (_metric, series) => {
      const names = series.map((color) => /--([\w-]+)/.exec(color)?.[1] ?? '');
      const all = [...names, 'surface'];
      const alike = all.flatMap((one, index) =>
        all.slice(index + 1).flatMap((other) =>
          (Object.keys(EYES) as Eyes[])
            .map((eyes) => ({ eyes, apart: distance(colorOf(one), colorOf(other), eyes) }))
            .filter(({ apart }) => apart < APART_MIN)
            .map(({ eyes, apart }) => `${one} and ${other} (${eyes}): ${apart.toFixed(3)}`),
        ),
      );
      expect(alike).toEqual([]);
    },
  );
});

it('white and black are as far apart as can be, and one colour is not apart from itself', () => {
  for (const eyes of Object.keys(EYES) as Eyes[]) {
    expect(distance([1, 0, 0], [0, 0, 0], eyes)).toBeCloseTo(1, 2);
    expect(distance([0.6, 0.1, 200], [0.6, 0.1, 200], eyes)).toBe(0);
  }
});
