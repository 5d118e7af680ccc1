'use client';
import { useMemo } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import type { ErrorLogItem, LogKind, RequestLogItem } from '@/lib/admin/contract/logs';
import { formatCount, formatDuration } from '@/lib/client/format';
import type { LogItem } from '@/lib/client/logs';
import { StatusCode } from '../shared/status-code';
import { Moment } from '../shared/time';
import { VerdictText } from '../shared/verdict-text';
import type { Column } from '../shared/virtual-table-props';
import { Checkbox } from '../ui/checkbox';
import { useSaid } from '../shared/use-said';
import { GoneMark } from './gone-mark';

interface Options {
  readonly isSelected: (row: LogItem) => boolean;
  readonly onToggle: (row: LogItem) => void;
}

/** The columns of either log; the API tells the two apart by the address, and so do we. */
export function useLogColumns(kind: LogKind, { isSelected, onToggle }: Options): readonly Column<LogItem>[] {
  const t = useTranslations('logs');
  const said = useSaid();
  return useMemo(() => {
    const select: Column<LogItem> = {
      id: 'select',
      track: '1rem',
      header: '',
      cell: (row) => (
        <Checkbox
          aria-label={t('select', { time: new Date(row.at).toISOString() })}
          tabIndex={-1}
          checked={isSelected(row)}
          onCheckedChange={() => onToggle(row)}
        />
      ),
    };
    const columns = kind === 'requests' ? requestColumns(t) : errorColumns(t, said);
    return [select, ...(columns as readonly Column<LogItem>[])];
  }, [kind, t, said, isSelected, onToggle]);
}

type Translate = ReturnType<typeof useTranslations<'logs'>>;

const mono = (text: string | null) => <span className="font-mono text-xs">{text ?? '–'}</span>;
const duration = (ms: number | null) => (ms === null ? '–' : formatDuration(ms));

function requestColumns(t: Translate): readonly Column<RequestLogItem>[] {
  return [
    { id: 'time', track: '8rem', header: t('columns.time'), cell: (row) => <Moment at={row.at} /> },
    {
      id: 'status',
      track: '4rem',
      header: t('columns.status'),
      cell: (row) => <StatusCode status={row.status} outcome={row.outcome} />,
    },
    {
      id: 'outcome',
      track: 'minmax(6rem, 0.8fr)',
      minTableWidth: 1040,
      header: t('columns.outcome'),
      cell: (row) => (
        <span className={row.outcome === 'success' ? 'text-ink-faint' : undefined}>
          <VerdictText name={row.outcome} />
        </span>
      ),
    },
    { id: 'model', track: 'minmax(6rem, 1.2fr)', header: t('columns.model'), cell: (row) => mono(row.model) },
    {
      id: 'endpoint',
      track: 'minmax(8rem, 1.2fr)',
      minTableWidth: 1200,
      header: t('columns.endpoint'),
      cell: (row) => <span className="font-mono text-xs text-ink-soft">{row.endpoint}</span>,
    },
    {
      id: 'provider',
      track: 'minmax(4.5rem, 0.7fr)',
      minTableWidth: 700,
      header: t('columns.provider'),
      cell: (row) => (
        <>
          {row.provider ?? '–'}
          <GoneMark of="provider" among={row.gone} />
        </>
      ),
    },
    {
      id: 'key',
      track: 'minmax(7rem, 0.9fr)',
      minTableWidth: 800,
      header: t('columns.key'),
      cell: (row) => (
        <>
          {mono(row.keyHint)}
          <GoneMark of="key" among={row.gone} />
        </>
      ),
    },
    {
      id: 'attempts',
      track: '3rem',
      align: 'end',
      minTableWidth: 600,
      header: t('columns.attempts'),
      cell: (row) => (
        <span className={row.attemptCount > 1 ? 'font-medium' : 'text-ink-faint'}>{row.attemptCount}</span>
      ),
    },
    {
      id: 'tokens',
      track: '6.5rem',
      align: 'end',
      minTableWidth: 920,
      header: t('columns.tokens'),
      cell: (row) =>
        row.promptTokens === null && row.completionTokens === null
          ? '–'
          : `${formatCount(row.promptTokens ?? 0)} → ${formatCount(row.completionTokens ?? 0)}`,
    },
    {
      id: 'ttfb',
      track: '5rem',
      align: 'end',
      minTableWidth: 1120,
      header: t('columns.ttfb'),
      cell: (row) => <span className="text-ink-soft">{duration(row.ttfbMs)}</span>,
    },
    {
      id: 'duration',
      track: '5rem',
      align: 'end',
      minTableWidth: 520,
      header: t('columns.duration'),
      cell: (row) => duration(row.durationMs),
    },
  ];
}

function errorColumns(t: Translate, said: ReturnType<typeof useSaid>): readonly Column<ErrorLogItem>[] {
  return [
    { id: 'time', track: '8rem', header: t('columns.time'), cell: (row) => <Moment at={row.at} /> },
    {
      id: 'status',
      track: '5.5rem',
      header: t('columns.status'),
      cell: (row) => <StatusCode status={row.status} outcome={row.verdict} />,
    },
    {
      id: 'outcome',
      track: '9rem',
      minTableWidth: 640,
      header: t('columns.outcome'),
      cell: (row) => <VerdictText name={row.verdict} />,
    },
    {
      id: 'message',
      track: 'minmax(8rem, 2.5fr)',
      header: t('columns.message'),
      cell: (row) => <span title={said(row, 'message')}>{said(row, 'message')}</span>,
    },
    {
      id: 'model',
      track: 'minmax(6rem, 1fr)',
      minTableWidth: 760,
      header: t('columns.model'),
      cell: (row) => mono(row.model),
    },
    {
      id: 'provider',
      track: 'minmax(4.5rem, 0.7fr)',
      minTableWidth: 880,
      header: t('columns.provider'),
      cell: (row) => (
        <>
          {row.provider ?? '–'}
          <GoneMark of="provider" among={row.gone} />
        </>
      ),
    },
    {
      id: 'key',
      track: 'minmax(7rem, 0.9fr)',
      minTableWidth: 980,
      header: t('columns.key'),
      cell: (row) => (
        <>
          {mono(row.keyHint)}
          <GoneMark of="key" among={row.gone} />
        </>
      ),
    },
  ];
}
