'use client';
import { useMemo } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import type { ErrorLogItem, LogKind, RequestLogItem } from '@/lib/admin/contract/logs';
import type { VIEW_COLUMNS } from '@/lib/config/saved-views';
import { formatCount, formatDuration, formatUsd } from '@/lib/client/format';
import type { LogItem } from '@/lib/client/logs';
import { StatusCode } from '../shared/status-code';
import { Moment } from '../shared/time';
import { VerdictText } from '../shared/verdict-text';
import { chosenColumns, type ChoosableColumn, type ColumnChoices } from '../shared/columns/chosen-columns';
import type { Column } from '../shared/virtual-table-props';
import { Checkbox } from '../ui/checkbox';
import { useSaid } from '../shared/use-said';
import { GoneMark } from './gone-mark';
import { modelsOf } from './log-view';

/** What can be chosen, a saved view can keep. */
type LogColumnId = 'time' | (typeof VIEW_COLUMNS)['logs'][number];

interface Options {
  readonly isSelected: (row: LogItem) => boolean;
  readonly onToggle: (row: LogItem) => void;
  readonly choices: ColumnChoices;
}

/** The columns of either log; the API tells the two apart by the address, and so do we. */
export function useLogColumns(kind: LogKind, options: Options): readonly Column<LogItem>[] {
  const { isSelected, onToggle, choices } = options;
  const t = useTranslations('logs');
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
    const columns = chosenColumns(logColumns[kind], choices).map((column) => ({
      ...column,
      header: t(`columns.${column.id as ColumnName}`),
    }));
    return [select, ...columns];
  }, [kind, t, isSelected, onToggle, choices]);
}

const mono = (text: string | null) => <span className="font-mono text-xs">{text ?? '–'}</span>;
const duration = (ms: number | null) => (ms === null ? '–' : formatDuration(ms));

const time = {
  id: 'time',
  track: '8rem',
  isFixed: true,
  cell: (row) => <Moment at={row.at} />,
} as const satisfies ChoosableColumn<LogItem>;

const provider = {
  id: 'provider',
  track: 'minmax(4.5rem, 0.7fr)',
  cell: (row) => (
    <>
      {row.provider ?? '–'}
      <GoneMark of="provider" among={row.gone} />
    </>
  ),
} as const satisfies ChoosableColumn<LogItem>;

const key = {
  id: 'key',
  track: 'minmax(7rem, 0.9fr)',
  cell: (row) => (
    <>
      {mono(row.keyHint)}
      <GoneMark of="key" among={row.gone} />
    </>
  ),
} as const satisfies ChoosableColumn<LogItem>;

const requestId = {
  id: 'requestId',
  track: 'minmax(7rem, 1fr)',
  isExtra: true,
  cell: (row) => mono(row.requestId),
} as const satisfies ChoosableColumn<LogItem>;

const path = {
  id: 'endpoint',
  track: 'minmax(8rem, 1.2fr)',
  cell: (row) => <span className="font-mono text-xs text-ink-soft">{row.endpoint}</span>,
} as const satisfies ChoosableColumn<LogItem>;

const requestColumns = [
  time,
  {
    id: 'status',
    track: '4rem',
    cell: (row) => <StatusCode status={row.status} outcome={row.outcome} />,
  },
  {
    id: 'outcome',
    track: 'minmax(6rem, 0.8fr)',
    minTableWidth: 1040,
    cell: (row) => (
      <span className={row.outcome === 'success' ? 'text-ink-faint' : undefined}>
        <VerdictText name={row.outcome} />
      </span>
    ),
  },
  { id: 'model', track: 'minmax(6rem, 1.2fr)', cell: (row) => mono(modelsOf(row)) },
  { ...path, minTableWidth: 1200 },
  { ...provider, minTableWidth: 700 },
  { ...key, minTableWidth: 800 },
  {
    id: 'attempts',
    track: '3rem',
    align: 'end',
    minTableWidth: 600,
    cell: (row) => (
      <span className={row.attemptCount > 1 ? 'font-medium' : 'text-ink-faint'}>{row.attemptCount}</span>
    ),
  },
  {
    id: 'tokens',
    track: '6.5rem',
    align: 'end',
    minTableWidth: 920,
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
    cell: (row) => <span className="text-ink-soft">{duration(row.ttfbMs)}</span>,
  },
  {
    id: 'duration',
    track: '5rem',
    align: 'end',
    minTableWidth: 520,
    cell: (row) => duration(row.durationMs),
  },
  { id: 'token', track: 'minmax(6rem, 0.8fr)', isExtra: true, cell: (row) => mono(row.token) },
  {
    id: 'cost',
    track: '5rem',
    align: 'end',
    isExtra: true,
    cell: (row) => (row.costUsd === null ? '–' : formatUsd(row.costUsd)),
  },
  requestId,
] as const satisfies readonly (ChoosableColumn<RequestLogItem> & { readonly id: LogColumnId })[];

const errorColumns = [
  time,
  {
    id: 'status',
    track: '5.5rem',
    cell: (row) => <StatusCode status={row.status} outcome={row.verdict} />,
  },
  {
    id: 'outcome',
    track: '9rem',
    minTableWidth: 640,
    cell: (row) => <VerdictText name={row.verdict} />,
  },
  { id: 'message', track: 'minmax(8rem, 2.5fr)', cell: (row) => <Message row={row} /> },
  { id: 'model', track: 'minmax(6rem, 1fr)', minTableWidth: 760, cell: (row) => mono(row.model) },
  { ...provider, minTableWidth: 880 },
  { ...key, minTableWidth: 980 },
  { ...path, isExtra: true },
  requestId,
] as const satisfies readonly (ChoosableColumn<ErrorLogItem> & { readonly id: LogColumnId })[];

type ColumnName = (typeof requestColumns | typeof errorColumns)[number]['id'];
type NamedColumn = ChoosableColumn<LogItem> & { readonly id: ColumnName };

/** What the choice of columns of a log is kept under. */
export function logColumnList(kind: LogKind): string {
  return `logs-${kind}`;
}

/** All columns of a log by name, to choose from. */
export function useLogColumnTitles(kind: LogKind) {
  const t = useTranslations('logs');
  return logColumns[kind].map((column) => ({ ...column, title: t(`columns.${column.id}`) }));
}

/** All columns that each log has. */
export const logColumns: Readonly<Record<LogKind, readonly NamedColumn[]>> = {
  requests: requestColumns as readonly NamedColumn[],
  errors: errorColumns as readonly NamedColumn[],
};

function Message({ row }: { readonly row: ErrorLogItem }) {
  const said = useSaid();
  const text = said(row, 'message');
  return <span title={text}>{text}</span>;
}
