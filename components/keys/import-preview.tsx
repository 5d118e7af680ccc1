'use client';
import { useTranslations } from 'next-intl';
import type { KeyImportReport } from '@/lib/admin/contract/keys';
import { useErrorText } from '../shared/use-error-text';
import { Badge, type Tone } from '../ui/badge';
import { Skeleton } from '../ui/skeleton';

interface ImportPreviewProps {
  readonly report: KeyImportReport | undefined;
  readonly isLoading: boolean;
  readonly error: Error | null;
  readonly isEmpty: boolean;
}

const outcomeTones = { new: 'good', duplicate: 'neutral', existing: 'neutral' } as const satisfies Record<
  string,
  Tone
>;

export function ImportPreview({ report, isLoading, error, isEmpty }: ImportPreviewProps) {
  const t = useTranslations('keys.import');
  const errorText = useErrorText();
  if (isEmpty) return null;
  if (report === undefined) {
    if (isLoading) return <Skeleton className="h-16" />;
    return error === null ? null : (
      <p role="alert" className="text-xs text-bad">
        {errorText(error)}
      </p>
    );
  }
  return (
    <div className="grid gap-2" aria-live="polite">
      <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-md border border-line bg-line sm:grid-cols-4">
        <Count label={t('new')} value={report.added} />
        <Count label={t('duplicate')} value={report.duplicates} />
        <Count label={t('existing')} value={report.existing} />
        <Count label={t('invalid')} value={report.invalidCount} isBad />
      </dl>
      {report.short > 0 && <p className="text-xs text-warn">{t('short', { count: report.short })}</p>}
      {report.invalid.length > 0 && (
        <ul
          className="grid max-h-28 gap-1 overflow-y-auto text-xs text-bad"
          tabIndex={0}
          aria-label={t('invalid')}
        >
          {report.invalid.map((entry) => (
            <li key={`${entry.line}-${entry.hint}`} className="break-words">
              {t('invalidLine', { line: entry.line, hint: entry.hint, reason: entry.reason })}
            </li>
          ))}
        </ul>
      )}
      {report.sample.length > 0 && (
        <ul
          className="grid max-h-40 overflow-y-auto rounded-md border border-line text-xs"
          tabIndex={0}
          aria-label={t('preview')}
        >
          {report.sample.map((entry) => (
            <li
              key={`${entry.line}-${entry.hint}-${entry.outcome}`}
              className="flex items-center justify-between gap-3 border-b border-line px-2.5 py-1 last:border-b-0"
            >
              <span className="truncate font-mono">{entry.hint}</span>
              <Badge tone={outcomeTones[entry.outcome]}>{t(entry.outcome)}</Badge>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

interface CountProps {
  readonly label: string;
  readonly value: number;
  readonly isBad?: boolean;
}

function Count({ label, value, isBad = false }: CountProps) {
  return (
    <div className="bg-surface px-3 py-2">
      <dt className="text-xs text-ink-soft">{label}</dt>
      <dd className={`text-lg font-semibold ${isBad && value > 0 ? 'text-bad' : ''}`}>{value}</dd>
    </div>
  );
}
