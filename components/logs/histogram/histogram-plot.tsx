'use client';
import type { LogBarItem, LogHistogramAnswer } from '@/lib/admin/contract/logs';
import { Skeleton } from '../../ui/skeleton';
import { cn } from '../../ui/class-names';
import { isUncounted, PARTS, totalOf, type BarPart } from './histogram-content';
import type { useBarChoice } from './use-bar-choice';

export const PART_FILLS: Readonly<Record<BarPart, string>> = {
  succeeded: 'bg-[var(--chart-good)]',
  failed: 'bg-bad-mark',
  other: 'bg-[var(--chart-client)]',
};

interface HistogramPlotProps {
  readonly answer: LogHistogramAnswer | undefined;
  readonly choice: ReturnType<typeof useBarChoice>;
  readonly label: string;
  readonly hintId: string;
  /** The bar that the keys are at, in words. */
  readonly text: string | undefined;
}

/**
 * The bars, one thing to the keyboard and to screen readers: a slider whose values are the bars. Single bars are too
 * narrow to be controls of their own.
 */
export function HistogramPlot({ answer, choice, label, hintId, text }: HistogramPlotProps) {
  const { range, head, handlers } = choice;
  const bars = answer?.bars ?? [];
  const highest = Math.max(1, ...bars.map(totalOf));
  return (
    <div
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-describedby={hintId}
      aria-valuemin={0}
      aria-valuemax={Math.max(0, bars.length - 1)}
      aria-valuenow={Math.max(0, head)}
      aria-valuetext={text}
      aria-busy={answer === undefined}
      aria-orientation="horizontal"
      data-histogram
      className="flex h-9 cursor-crosshair touch-pan-y items-stretch rounded-sm border-b border-line-strong select-none sm:h-14"
      {...handlers}
    >
      {answer === undefined ? (
        <Skeleton className="flex-1" />
      ) : (
        bars.map((bar, index) => (
          <Bar
            key={bar.at}
            bar={bar}
            highest={highest}
            isChosen={range !== undefined && index >= range.first && index <= range.last}
            isUncounted={isUncounted(bar, answer)}
          />
        ))
      )}
    </div>
  );
}

interface BarProps {
  readonly bar: LogBarItem;
  readonly highest: number;
  readonly isChosen: boolean;
  readonly isUncounted: boolean;
}

const HATCHED = 'repeating-linear-gradient(135deg, var(--line) 0 2px, transparent 2px 6px)';

function Bar({ bar, highest, isChosen, isUncounted: isHatched }: BarProps) {
  return (
    <div
      className={cn(
        'pointer-events-none flex min-w-0 flex-1 flex-col-reverse px-[0.5px]',
        isChosen && 'bg-accent-soft',
      )}
      style={isHatched ? { backgroundImage: HATCHED } : undefined}
    >
      {PARTS.map((part) =>
        bar[part] === 0 ? null : (
          <div
            key={part}
            className={cn('min-h-0.5', PART_FILLS[part])}
            style={{ height: `${(bar[part] / highest) * 100}%` }}
          />
        ),
      )}
    </div>
  );
}
