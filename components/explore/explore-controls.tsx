'use client';
import { useQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useTranslations } from '@/i18n/use-translations';
import {
  canGroupBy,
  exploreDefaults,
  exploreCsvUrl,
  exploreGroups,
  exploreMetrics,
  usedTokensQuery,
  type ExploreQuestion,
  type ExploreView,
} from '@/lib/client/explore';
import { isolated } from '@/lib/client/isolated';
import { rangeOf } from '@/lib/client/ranges';
import { compareOf, usedModelsQuery } from '@/lib/client/stats';
import { apartAsked } from '@/lib/config/kept-apart';
import { Chip } from '../shared/chip';
import { CompareChoice } from '../shared/compare-choice';
import { RangeChoice } from '../shared/range-choice';
import { useProviderChoices } from '../shared/use-provider-choices';
import { ViewsMenu } from '../views/views-menu';
import { Button } from '../ui/button';
import { Select } from '../ui/select';
import { useGroupName } from './use-group-name';

interface ControlsProps {
  readonly view: ExploreView;
  readonly question: ExploreQuestion;
  /** What the figures are of that has no list to choose it from. */
  readonly chips: readonly ScopeChip[];
  /** What the figures are of. */
  readonly shown: { readonly from: number; readonly to: number } | undefined;
  readonly onChange: (patch: Partial<ExploreView>) => void;
}

export interface ScopeChip {
  readonly group: 'key' | 'proxy' | 'verdict';
  readonly label: string;
}

const NO_FILTERS = { provider: '', model: '', token: '', key: '', proxy: '', verdict: '' };

export function ExploreControls({ view, question, chips, shown, onChange }: ControlsProps) {
  const t = useTranslations('explore');
  const isFiltered = Object.keys(NO_FILTERS).some((name) => view[name as keyof typeof NO_FILTERS] !== '');
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <RangeChoice value={rangeOf(view.range)} onChange={(range) => onChange({ range })} shown={shown} />
        <CompareChoice value={compareOf(view.compare)} onChange={(compare) => onChange({ compare })} />
        <Select
          className="w-auto"
          aria-label={t('metric')}
          value={question.metric}
          options={exploreMetrics.map((value) => ({ value, label: t(`metrics.${value}`) }))}
          onChange={(metric) => onChange({ metric })}
        />
        <GroupSelect question={question} onChange={onChange} />
        <Button asChild className="ml-auto">
          <a href={exploreCsvUrl(question)} download aria-label={t('csvLabel')}>
            <Download aria-hidden />
            {t('csv')}
          </a>
        </Button>
      </div>
      <div className="flex flex-wrap items-center gap-2">
        <FilterSelects view={view} question={question} onChange={onChange} />
        {chips.map(({ group, label }) => (
          <Chip key={group} label={label} onRemove={() => onChange({ [group]: '' })} />
        ))}
        {isFiltered && (
          <Button look="ghost" size="sm" onClick={() => onChange(NO_FILTERS)}>
            {t('clear')}
          </Button>
        )}
        <div className="ml-auto min-w-0">
          <ViewsMenu page="explore" view={view} defaults={exploreDefaults} onChange={onChange} />
        </div>
      </div>
    </div>
  );
}

type SelectProps = Pick<ControlsProps, 'question' | 'onChange'>;

/** Figures of keys, of client tokens, and of proxies and verdicts are kept apart. */
function GroupSelect({ question, onChange }: SelectProps) {
  const t = useTranslations('explore');
  const { groupBy } = question;
  const groups = exploreGroups.filter((group) => group === groupBy || canGroupBy(group, question));
  return (
    <Select
      className="w-auto"
      aria-label={t('group')}
      value={groupBy}
      options={groups.map((value) => ({ value, label: t(`groups.${value}`) }))}
      onChange={(group) => onChange({ group, sort: '' })}
    />
  );
}

function FilterSelects({ view, question, onChange }: Omit<ControlsProps, 'chips' | 'shown'>) {
  const t = useTranslations('explore');
  const providers = useProviderChoices(view.provider);
  const models = useModelChoices(view.model);
  const tokens = useTokenChoices(view.token);
  const apart = apartAsked(question);
  return (
    <>
      <Select
        className="w-auto max-w-48"
        aria-label={t('provider')}
        value={view.provider}
        options={[{ value: '', label: t('all.provider') }, ...providers.options]}
        onChange={(provider) => onChange({ provider })}
      />
      <Select
        className="w-auto max-w-48"
        aria-label={t('model')}
        value={view.model}
        options={[{ value: '', label: t('all.model') }, ...models]}
        onChange={(model) => onChange({ model })}
      />
      {(apart === undefined || apart === 'token') && (
        <Select
          className="w-auto max-w-48"
          aria-label={t('token')}
          value={view.token}
          options={[{ value: '', label: t('all.token') }, ...tokens]}
          onChange={(token) => onChange({ token })}
        />
      )}
    </>
  );
}

function useModelChoices(chosen: string) {
  const { data } = useQuery(usedModelsQuery);
  const names = (data?.items ?? []).map(({ model }) => model).filter((model) => model !== '');
  return withChosen(
    names.map((model) => ({ value: model, label: isolated(model) })),
    chosen,
  );
}

function useTokenChoices(chosen: string) {
  const nameOf = useGroupName();
  const { data } = useQuery(usedTokensQuery);
  const choices = (data?.items ?? []).map(({ token, name, hint }) => ({
    value: token,
    label: isolated(nameOf('token', { id: token, name, hint })),
  }));
  return withChosen(choices, chosen);
}

interface Choice {
  readonly value: string;
  readonly label: string;
}

/** What is chosen stands there whether or not it was used of late. */
function withChosen(choices: readonly Choice[], chosen: string): readonly Choice[] {
  if (chosen === '' || choices.some(({ value }) => value === chosen)) return choices;
  return [...choices, { value: chosen, label: isolated(chosen) }];
}
