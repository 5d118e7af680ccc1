'use client';
import { Chip } from '../shared/chip';
import { useTranslations } from '@/i18n/use-translations';
import { useProviderChoices } from '../shared/use-provider-choices';
import { SearchBox } from '../shared/search-box';
import { Button } from '../ui/button';
import { Select } from '../ui/select';
import { TagFilter } from './tag-filter';
import { isKeyFiltered, noKeyFilter, type KeyView } from './key-view';

interface KeyFiltersProps {
  readonly view: KeyView;
  readonly onChange: (patch: Partial<KeyView>) => void;
}

const STATUSES = ['active', 'cooling', 'disabled', 'disabled_auto', 'disabled_manual'] as const;
const FAILURES = ['1', '2', '3', '5', '10'] as const;

export function KeyFilters({ view, onChange }: KeyFiltersProps) {
  const t = useTranslations('keys');
  const providers = useProviderChoices(view.provider);
  return (
    <>
      <SearchBox
        className="w-full sm:w-60"
        label={t('search')}
        value={view.search}
        onChange={(search) => onChange({ search })}
      />
      <Select
        className="w-auto max-w-48"
        aria-label={t('columns.provider')}
        value={view.provider}
        options={[{ value: '', label: t('allProviders') }, ...providers.options]}
        onChange={(provider) => onChange({ provider })}
      />
      <Select
        className="w-auto"
        aria-label={t('columns.status')}
        value={view.status}
        options={[
          { value: '', label: t('allStatuses') },
          ...STATUSES.map((value) => ({ value, label: t(`statuses.${value}`) })),
        ]}
        onChange={(status) => onChange({ status })}
      />
      <Select
        className="w-auto"
        aria-label={t('columns.failures')}
        value={view.minFailures}
        options={[
          { value: '', label: t('anyFailures') },
          ...FAILURES.map((value) => ({ value, label: t('minFailures', { count: value }) })),
        ]}
        onChange={(minFailures) => onChange({ minFailures })}
      />
      <TagFilter tag={view.tag} onChange={(tag) => onChange({ tag })} />
      <LinkedFilters view={view} onChange={onChange} />
      {isKeyFiltered(view) && (
        <Button look="ghost" size="sm" onClick={() => onChange(noKeyFilter)}>
          {t('clearFilters')}
        </Button>
      )}
    </>
  );
}

/** Filters that only a link can set. */
function LinkedFilters({ view: { errorStatus, model, account }, onChange }: KeyFiltersProps) {
  const t = useTranslations('keys');
  const error = errorStatus === '0' ? t('lastErrorNone') : t('lastErrorIs', { status: errorStatus });
  return (
    <>
      {errorStatus !== '' && <Chip label={error} onRemove={() => onChange({ errorStatus: '' })} />}
      {model !== '' && <Chip label={t('restsFor', { model })} onRemove={() => onChange({ model: '' })} />}
      {account !== '' && (
        <Chip label={t('inAccount', { account })} onRemove={() => onChange({ account: '' })} />
      )}
    </>
  );
}
