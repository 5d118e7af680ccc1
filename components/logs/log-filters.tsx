'use client';
import { useTranslations } from '@/i18n/use-translations';
import { formatDuration } from '@/lib/client/format';
import { Chip } from '../shared/chip';
import { SearchBox } from '../shared/search-box';
import { useProviderChoices } from '../shared/use-provider-choices';
import { Button } from '../ui/button';
import { Select } from '../ui/select';
import { isLogFiltered, logKindOf, noLogFilter, resultChoices, sinceChoices, type LogView } from './log-view';
import { MoreFilters } from './more-filters';
import { useOutcomeText } from './use-outcome-text';
import { WindowChip } from './window-chip';

interface LogFiltersProps {
  readonly view: LogView;
  readonly onChange: (patch: Partial<LogView>) => void;
}

export function LogFilters({ view, onChange }: LogFiltersProps) {
  const t = useTranslations('logs');
  return (
    <>
      <SearchBox
        className="w-full sm:w-64"
        label={t('search')}
        value={view.text}
        onChange={(text) => onChange({ text })}
      />
      <Choices view={view} onChange={onChange} />
      <MoreFilters view={view} onChange={onChange} />
      <FollowedLinks view={view} onChange={onChange} />
      {isLogFiltered(view) && (
        <Button look="ghost" size="sm" onClick={() => onChange(noLogFilter)}>
          {t('clearFilters')}
        </Button>
      )}
    </>
  );
}

function Choices({ view, onChange }: LogFiltersProps) {
  const t = useTranslations('logs');
  const providers = useProviderChoices(view.provider);
  return (
    <>
      <Select
        className="w-auto max-w-48"
        aria-label={t('provider')}
        value={view.provider}
        options={[{ value: '', label: t('allProviders') }, ...providers.options]}
        onChange={(provider) => onChange({ provider })}
      />
      {logKindOf(view) === 'requests' && (
        <Select
          className="w-auto"
          aria-label={t('result')}
          value={view.result}
          options={[
            { value: '', label: t('allResults') },
            ...resultChoices.map((value) => ({ value, label: t(`results.${value}`) })),
          ]}
          onChange={(result) => onChange({ result })}
        />
      )}
      <Select
        className="w-auto"
        aria-label={t('time')}
        value={view.since}
        options={[
          { value: '', label: t('anyTime') },
          ...sinceChoices.map((value) => ({ value, label: t(`since.${value}`) })),
        ]}
        onChange={(since) => onChange({ since, from: '', to: '' })}
      />
    </>
  );
}

/** What else is filtered by, to be taken off again. */
function FollowedLinks({ view, onChange }: LogFiltersProps) {
  const t = useTranslations('logs');
  const outcomeText = useOutcomeText();
  return (
    <>
      {view.status !== '' && (
        <Chip label={t('ofStatus', { status: view.status })} onRemove={() => onChange({ status: '' })} />
      )}
      {view.model !== '' && (
        <Chip label={t('ofModel', { model: view.model })} onRemove={() => onChange({ model: '' })} />
      )}
      {view.keyId !== '' && (
        <Chip label={t('ofKey', { id: view.keyId })} onRemove={() => onChange({ keyId: '' })} />
      )}
      {view.token !== '' && (
        <Chip label={t('ofToken', { token: view.token })} onRemove={() => onChange({ token: '' })} />
      )}
      {view.outcome !== '' && (
        <Chip label={outcomeText(view.outcome)} onRemove={() => onChange({ outcome: '' })} />
      )}
      <DurationChip view={view} onChange={onChange} />
      <WindowChip view={view} onChange={onChange} />
    </>
  );
}

function DurationChip({ view, onChange }: LogFiltersProps) {
  const t = useTranslations('logs');
  const { durationMsMin: min, durationMsMax: max } = view;
  if (logKindOf(view) === 'errors' || (min === '' && max === '')) return null;
  const least = formatDuration(Number(min));
  const most = formatDuration(Number(max));
  const label =
    max === ''
      ? t('took.least', { least })
      : min === ''
        ? t('took.most', { most })
        : t('took.both', { least, most });
  return <Chip label={label} onRemove={() => onChange({ durationMsMin: '', durationMsMax: '' })} />;
}
