'use client';
import { ZoomOut } from 'lucide-react';
import { useFormatter } from 'next-intl';
import { useId } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import type { LogFilter, LogHistogramAnswer, LogKind } from '@/lib/admin/contract/logs';
import { spanText } from '../../charts/span-text';
import { useErrorText } from '../../shared/use-error-text';
import { Button } from '../../ui/button';
import { cn } from '../../ui/class-names';
import { Skeleton } from '../../ui/skeleton';
import { sinceChoices, type LogView } from '../log-view';
import { barsPatch, partsOf, spanOf, sumOf, type BarCounts } from './histogram-content';
import { HistogramPlot, PART_FILLS } from './histogram-plot';
import { HistogramTable } from './histogram-table';
import { useBarChoice } from './use-bar-choice';
import { useHistogram } from './use-histogram';
import { useZoom } from './use-zoom';

interface LogHistogramProps {
  readonly kind: LogKind;
  readonly view: LogView;
  /** What the list below shows. */
  readonly filter: LogFilter;
  readonly isLive: boolean;
  readonly onChange: (patch: Partial<LogView>) => void;
}

/** How many rows of the list there are over time. Choosing bars shows their rows. */
export function LogHistogram({ kind, view, filter, isLive, onChange }: LogHistogramProps) {
  const t = useTranslations('logs.histogram');
  const hintId = useId();
  const histogram = useHistogram(kind, view, filter, isLive);
  const zoom = useZoom(view, onChange);
  const { answer, error } = histogram;
  const choice = useBarChoice(answer, (first, last) => {
    if (answer !== undefined) zoom.into(barsPatch(answer, first, last));
  });
  const texts = useBarTexts(kind, answer);
  if (answer === undefined && error !== null) {
    return <NotCounted error={error} onRetry={histogram.retry} />;
  }
  const label = t(`label.${kind}`);
  const range = choice.range ?? { first: choice.head, last: choice.head };
  return (
    <section aria-label={label} className="grid gap-1">
      <div className="flex min-h-12 flex-wrap content-end items-center gap-x-3 text-xs text-ink-soft sm:min-h-6">
        {answer === undefined ? (
          <Skeleton className="h-4 w-64" />
        ) : (
          <>
            <Told kind={kind} view={view} answer={answer} range={choice.range} texts={texts} />
            <HowFar histogram={histogram} answer={answer} />
          </>
        )}
        {zoom.back !== undefined && (
          <Button look="link" size="inline" className="ml-auto" onClick={zoom.back}>
            <ZoomOut className="size-3.5" aria-hidden />
            {t('back')}
          </Button>
        )}
      </div>
      <HistogramPlot
        answer={answer}
        choice={choice}
        label={label}
        hintId={hintId}
        text={answer && texts.barText(range.first, range.last)}
      />
      <p id={hintId} className="sr-only">
        {t('hint')}
      </p>
      {answer !== undefined && (
        <HistogramTable kind={kind} answer={answer} label={label} spanText={texts.spanOfBars} />
      )}
    </section>
  );
}

/** The window of time ends now. */
const isMoving = ({ from, to, since }: LogView) => since !== '' || (from === '' && to === '');

/** Bars in words. */
function useBarTexts(kind: LogKind, answer: LogHistogramAnswer | undefined) {
  const t = useTranslations('logs');
  const format = useFormatter();
  const spanOfBars = (first: number, last: number) => {
    if (answer === undefined) return '';
    const [from, to] = spanOf(answer, first, last);
    return spanText(from, to, (at, options) => format.dateTime(at, options));
  };
  return {
    spanOfBars,
    sinceText: (view: LogView) => t(`since.${sinceChoices.find((choice) => choice === view.since) ?? '24h'}`),
    barText: (first: number, last: number) => {
      const counts = sumOf(answer?.bars.slice(first, last + 1) ?? []);
      const parts = partsOf(kind, counts).map((part) => t(`histogram.${part}`, { count: counts[part] }));
      return `${spanOfBars(first, last)}: ${parts.join(', ')}`;
    },
  };
}

interface ToldProps extends Pick<LogHistogramProps, 'kind' | 'view'> {
  readonly answer: LogHistogramAnswer;
  readonly range: ReturnType<typeof useBarChoice>['range'];
  readonly texts: ReturnType<typeof useBarTexts>;
}

/** The bars that are pointed at, or all of them: when that was, and how many rows. Says which colour is what. */
function Told({ kind, view, answer, range, texts }: ToldProps) {
  const { first, last } = range ?? { first: 0, last: answer.bars.length - 1 };
  const isWhole = range === undefined && isMoving(view);
  return (
    <>
      <span className="font-medium text-ink">
        {isWhole ? texts.sinceText(view) : texts.spanOfBars(first, last)}
      </span>
      <Counts kind={kind} counts={sumOf(answer.bars.slice(first, last + 1))} />
    </>
  );
}

function Counts({ kind, counts }: { readonly kind: LogKind; readonly counts: BarCounts }) {
  const t = useTranslations('logs.histogram');
  return (
    <>
      {partsOf(kind, counts).map((part) => (
        <span key={part} className="inline-flex items-center gap-1.5">
          <span className={cn('size-2 shrink-0 rounded-xs', PART_FILLS[part])} aria-hidden />
          {t(part, { count: counts[part] })}
        </span>
      ))}
    </>
  );
}

interface HowFarProps {
  readonly histogram: ReturnType<typeof useHistogram>;
  readonly answer: LogHistogramAnswer;
}

/** Where a count that took too long has stopped, and the way to count longer. */
function HowFar({ histogram, answer }: HowFarProps) {
  const t = useTranslations('logs.histogram');
  const format = useFormatter();
  const timeOf = (at: number) => format.dateTime(at, { dateStyle: 'medium', timeStyle: 'short' });
  const { isThorough, isCounting } = histogram;
  return (
    <>
      {answer.countedTo !== null && (
        <span role="status">{t('countedTo', { time: timeOf(answer.countedTo) })}</span>
      )}
      {(isCounting || (answer.countedTo !== null && !isThorough)) && (
        <Button look="link" size="inline" isBusy={isCounting} onClick={histogram.countOn}>
          {t('countOn')}
        </Button>
      )}
      {isThorough && !isCounting && <span>{t('countedAt', { time: timeOf(histogram.countedAt) })}</span>}
    </>
  );
}

/** As tall as the bars would be. */
function NotCounted({ error, onRetry }: { readonly error: Error; readonly onRetry: () => void }) {
  const t = useTranslations('logs.histogram');
  const common = useTranslations('common');
  const textOf = useErrorText();
  return (
    <p role="alert" className="flex min-h-22 flex-wrap items-center gap-x-3 text-xs text-ink-soft">
      <span>{`${t('notCounted')} ${textOf(error)}`}</span>
      <Button look="link" size="inline" onClick={onRetry}>
        {common('retry')}
      </Button>
    </p>
  );
}
