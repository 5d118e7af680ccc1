'use client';
import type { KeyImportReport } from '@/lib/admin/contract/keys';
import { useTranslations } from '@/i18n/use-translations';
import { isolatedList } from '@/lib/client/isolated';
import { useLimitsText } from '../limits/limits-text';
import { Counts as Figures } from '../shared/counts';
import { useErrorText } from '../shared/use-error-text';
import { Badge, type Tone } from '../ui/badge';
import { Skeleton } from '../ui/skeleton';
import { Switch } from '../ui/switch';
import type { KeysPreview } from './use-import-preview';

interface ImportPreviewProps {
  readonly preview: KeysPreview;
  readonly takesOdd: boolean;
  readonly onTakeOdd: (takesOdd: boolean) => void;
}

/** What becomes of each piece of a text before anything is added. */
export function ImportPreview({ preview, takesOdd, onTakeOdd }: ImportPreviewProps) {
  const t = useTranslations('keys.import');
  const errorText = useErrorText();
  const { report, isLoading, error, isEmpty } = preview;
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
    <div className="grid min-w-0 gap-2" aria-live="polite">
      <Counts report={report} takesOdd={takesOdd} />
      {report.unchanged > 0 && (
        <p className="text-xs text-warn">{t('unchanged', { count: report.unchanged })}</p>
      )}
      {report.elsewhere.map(({ provider, count }) => (
        <p key={provider} className="text-xs text-warn">
          {t('elsewhere', { count, provider })}
        </p>
      ))}
      <Fields report={report} />
      <Junk report={report} takesOdd={takesOdd} onTakeOdd={onTakeOdd} />
      {report.sample.length > 0 && <Sample report={report} />}
    </div>
  );
}

interface ReportProps {
  readonly report: KeyImportReport;
}

function Counts({ report, takesOdd }: ReportProps & Pick<ImportPreviewProps, 'takesOdd'>) {
  const t = useTranslations('keys.import');
  const noKeys = report.invalidCount + (takesOdd ? 0 : report.oddCount);
  return (
    <Figures
      counts={[
        { label: t('new'), value: report.added },
        { label: t('duplicate'), value: report.duplicates },
        { label: t('existing'), value: report.existing },
        { label: t('noKeys'), value: noKeys, isDoubtful: true },
      ]}
    />
  );
}

/** What the text calls its columns, taken and not. */
function Fields({ report: { fields } }: ReportProps) {
  const t = useTranslations('keys.import');
  const named = (isTaken: boolean) =>
    isolatedList(
      fields.filter(({ use }) => (use !== null) === isTaken).map(({ name }) => name),
      ', ',
    );
  const [taken, left] = [named(true), named(false)];
  if (fields.length === 0) return null;
  return (
    <p className="text-xs [overflow-wrap:anywhere] text-ink-soft" data-testid="import-fields">
      {taken !== '' && t('fieldsTaken', { names: taken })}
      {left !== '' && <span className="block text-warn">{t('fieldsLeft', { names: left })}</span>}
    </p>
  );
}

type JunkProps = ReportProps & Pick<ImportPreviewProps, 'takesOdd' | 'onTakeOdd'>;

/** What does not look like a key, and why; what could be one may be taken all the same. */
function Junk({ report, takesOdd, onTakeOdd }: JunkProps) {
  const t = useTranslations('keys.import');
  const { odd, oddCount, invalid, invalidCount } = report;
  if (oddCount + invalidCount === 0) return null;
  const entries = [
    ...odd.map(({ line, hint, kind }) => ({ line, hint, why: t(`kinds.${kind}`) })),
    ...invalid.map(({ line, hint, kind }) => ({ line, hint, why: t(`kinds.${kind}`) })),
  ].sort((a, b) => a.line - b.line);
  return (
    <div className="grid min-w-0 gap-1.5 rounded-md bg-warn-soft px-3 py-2 text-xs">
      <p className="font-medium">
        {t(takesOdd ? 'oddTaken' : 'oddLeft', { count: oddCount + invalidCount })}
      </p>
      <ul className="grid max-h-28 gap-0.5 overflow-y-auto" tabIndex={0} aria-label={t('noKeys')}>
        {entries.map(({ line, hint, why }, index) => (
          <li key={index} className="break-words">
            {t.rich('junkLine', {
              line,
              hint,
              why,
              code: (chunks) => <span className="font-mono">{chunks}</span>,
            })}
          </li>
        ))}
      </ul>
      {oddCount > 0 && (
        <label className="mt-1 flex items-center gap-2">
          <Switch checked={takesOdd} onCheckedChange={onTakeOdd} />
          {t('takeOdd', { count: oddCount })}
        </label>
      )}
    </div>
  );
}

const outcomeTones = { new: 'good', duplicate: 'neutral', existing: 'neutral' } as const satisfies Record<
  string,
  Tone
>;

/** The first keys, by their hints. */
function Sample({ report }: ReportProps) {
  const t = useTranslations('keys.import');
  return (
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
          <span className="min-w-0">
            <span className="block truncate font-mono">{entry.hint}</span>
            <OptionsLine entry={entry} />
          </span>
          <Badge tone={outcomeTones[entry.outcome]}>{t(entry.outcome)}</Badge>
        </li>
      ))}
    </ul>
  );
}

interface OptionsLineProps {
  readonly entry: KeyImportReport['sample'][number];
}

/** Account, limits, weight and tags that it is to have, if any. */
function OptionsLine({ entry: { account, limits, weight, tags } }: OptionsLineProps) {
  const t = useTranslations('keys');
  const textOf = useLimitsText();
  const texts = [
    ...(account === null ? [] : [t('inAccount', { account })]),
    ...(limits === null ? [] : [textOf(limits)]),
    ...(weight === 1 ? [] : [t('import.ofWeight', { weight })]),
    ...(tags.length === 0 ? [] : [t('tags.are', { tags: isolatedList(tags, ', ') })]),
  ];
  if (texts.length === 0) return null;
  return <span className="block [overflow-wrap:anywhere] text-ink-soft">{texts.join(' · ')}</span>;
}
