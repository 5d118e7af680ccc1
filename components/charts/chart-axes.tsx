import { spacedLabels, type AxisLabel } from './chart-scale';
import type { Plot } from './plot';

interface AxesProps {
  readonly plot: Plot;
  readonly ticks: readonly number[];
  readonly formatValue: (value: number) => string;
  readonly labels: readonly AxisLabel[];
}

/** Lines for round values, and what they and the buckets are called. */
export function Axes({ plot, ticks, formatValue, labels }: AxesProps) {
  const bottom = plot.yOf(0);
  return (
    <g fontSize={11} fill="var(--ink-faint)">
      {ticks.map((value) => (
        <g key={value}>
          <line
            x1={plot.left}
            x2={plot.right}
            y1={plot.yOf(value)}
            y2={plot.yOf(value)}
            stroke="var(--line)"
            shapeRendering="crispEdges"
          />
          <text x={plot.left - 8} y={plot.yOf(value)} dy="0.35em" textAnchor="end">
            {formatValue(value)}
          </text>
        </g>
      ))}
      {spacedLabels(labels, plot.right).map(({ at, x, text }) => (
        <text key={at} x={x} y={bottom + 16} textAnchor="middle">
          {text}
        </text>
      ))}
    </g>
  );
}
