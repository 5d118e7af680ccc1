'use client';
import { useMemo } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import type { ErrorLogItem, LogKind, RequestLogItem } from '@/lib/admin/contract/logs';
import { formatCount, formatDuration } from '@/lib/client/format';
import type { LogItem } from '@/lib/client/logs';
import { StatusCode } from '../shared/status-code';
import { Moment } from '../shared/time';
import { VerdictText } from '../shared/verdict-text';
import type { Column, UntitledColumn } from '../shared/virtual-table-props';
import { Checkbox } from '../ui/checkbox';
import { useSaid } from '../shared/use-said';
import { GoneMark } from './gone-mark';
import { modelsOf } from './log-view';

interface Options {
  readonly isSelected: (row: LogItem) => boolean;
  readonly onToggle: (row: LogItem) => void;
}

/** The columns of either log; the API tells the two apart by the address, and so do we. */
export function useLogColumns(kind: LogKind, { isSelected, onToggle }: Options): readonly Column<LogItem>[] {
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
    const columns = (kind === 'requests' ? requestColumns : errorColumns).map((column) => ({
      ...column,
      header: t(`columns.${column.id}`),
    }));
    return [select, ...(columns as readonly Column<LogItem>[])];
  }, [kind, t, isSelected, onToggle]);
}

const mono = (text: string | null) => <span className="font-mono text-xs">{text ?? '–'}</span>;
const duration = (ms: number | null) => (ms === null ? '–' : formatDuration(ms));

const time = {
  id: 'time',
  track: '8rem',
  cell: (row) => <Moment at={row.at} />,
} as const satisfies UntitledColumn<LogItem>;

const provider = {
  id: 'provider',
  track: 'minmax(4.5rem, 0.7fr)',
  cell: (row) => (
    <>
      {row.provider ?? '–'}
      <GoneMark of="provider" among={row.gone} />
    </>
  ),
} as const satisfies UntitledColumn<LogItem>;

const key = {
  id: 'key',
  track: 'minmax(7rem, 0.9fr)',
  cell: (row) => (
    <>
      {mono(row.keyHint)}
      <GoneMark of="key" among={row.gone} />
    </>
  ),
} as const satisfies UntitledColumn<LogItem>;

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
  {
    id: 'endpoint',
    track: 'minmax(8rem, 1.2fr)',
    minTableWidth: 1200,
    cell: (row) => <span className="font-mono text-xs text-ink-soft">{row.endpoint}</span>,
  },
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
] as const satisfies readonly UntitledColumn<RequestLogItem>[];

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
] as const satisfies readonly UntitledColumn<ErrorLogItem>[];

function Message({ row }: { readonly row: ErrorLogItem }) {
  const said = useSaid();
  const text = said(row, 'message');
  return <span title={text}>{text}</span>;
}
