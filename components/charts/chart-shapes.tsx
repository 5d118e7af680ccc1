import { linePath } from './chart-scale';
import type { ChartSeries as SeriesOf } from './chart-series';
import type { DrawnPoint } from './drawn-points';
import type { Plot } from './plot';

/** Values are drawn already: only names, colours and shapes count here. */
type ChartSeries = Pick<SeriesOf<never>, 'name' | 'color' | 'shape' | 'isFaint'>;

interface ShapesProps {
  readonly plot: Plot;
  readonly drawn: readonly DrawnPoint[];
  readonly series: readonly ChartSeries[];
}

/** Bars that stand on each other, and lines over them. */
export function ChartShapes({ plot, drawn, series }: ShapesProps) {
  const bars = series.filter(({ shape }) => shape === 'bar');
  return (
    <>
      {drawn.map((point, index) => (
        <Stack key={point.at} plot={plot} index={index} point={point} bars={bars} />
      ))}
      {series
        .filter(({ shape }) => shape === 'line')
        .map((one) => (
          <ValueLine key={one.name} plot={plot} drawn={drawn} {...one} />
        ))}
    </>
  );
}

interface StackProps {
  readonly plot: Plot;
  readonly index: number;
  readonly point: DrawnPoint;
  readonly bars: readonly ChartSeries[];
}

/** What is not all yet is paler. */
function Stack({ plot, index, point: { values, isFilling }, bars }: StackProps) {
  let below = 0;
  const x = plot.middleOf(index) - plot.barWidth / 2;
  return bars.map(({ name, color }) => {
    const value = values[name] ?? 0;
    if (value <= 0) return null;
    const y = plot.yOf(below + value);
    const height = plot.yOf(below) - y;
    below += value;
    return (
      <rect
        key={name}
        data-series={name}
        x={x}
        y={y}
        width={plot.barWidth}
        height={height}
        fill={color}
        fillOpacity={isFilling ? 0.45 : 1}
      />
    );
  });
}

type ValueLineProps = Omit<ShapesProps, 'series'> & Pick<ChartSeries, 'name' | 'color' | 'isFaint'>;

/** A value between two gaps has a dot instead of a line; one that is not all yet a hollow one. */
function ValueLine({ plot, drawn, name, color, isFaint = false }: ValueLineProps) {
  const places = drawn.map(({ values }, index) => {
    const value = values[name] ?? null;
    return value === null ? undefined : ([plot.middleOf(index), plot.yOf(value)] as const);
  });
  return (
    <g stroke={color}>
      <path
        data-series={name}
        d={linePath(places)}
        fill="none"
        strokeWidth={isFaint ? 1.25 : 1.75}
        strokeDasharray={isFaint ? '4 3' : undefined}
        strokeLinejoin="round"
      />
      {drawn.map(({ at, isFilling, lonely }, index) => {
        const place = places[index];
        if (place === undefined || !((isFilling && !isFaint) || lonely.includes(name))) return null;
        const fill = isFilling ? 'var(--surface)' : color;
        return <circle key={at} cx={place[0]} cy={place[1]} r={2.5} strokeWidth={1.5} fill={fill} />;
      })}
    </g>
  );
}
