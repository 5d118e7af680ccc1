'use client';
import { useQuery } from '@tanstack/react-query';
import { useMessages } from 'next-intl';
import { useEffect, useEffectEvent, useState } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import { keyLookup, tokenLookup } from '@/lib/client/lookups';
import { maybeSecret } from '@/lib/client/matching';
import { usedModelsQuery } from '@/lib/client/stats';
import { useDebounced } from '../shared/use-debounced';
import { useZone } from '../shared/time-zone';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { Select } from '../ui/select';
import { filterDraftOf, filterPatchOf, problemOf, type FilterDraft } from './filter-draft';
import { logKindOf, type LogView } from './log-view';
import { SuggestField } from './suggest-field';
import { TimeFields } from './time-fields';
import { useOutcomeText } from './use-outcome-text';

interface FilterFormProps {
  readonly view: LogView;
  readonly onSubmit: (patch: Partial<LogView>) => void;
}

export default function FilterForm({ view, onSubmit }: FilterFormProps) {
  const t = useTranslations('logs');
  const zone = useZone();
  const [draft, setDraft] = useState(() => filterDraftOf(view, zone));
  const set = (patch: Partial<FilterDraft>) => setDraft((before) => ({ ...before, ...patch }));
  const key = useFoundKey(draft.key, view.keyId);
  const problem = problemOf(draft);
  /** Whoever applies it while a key is looked for need not do so again. */
  const [isWaiting, setWaiting] = useState(false);
  const apply = useEffectEvent(() => {
    setWaiting(false);
    if (problem === undefined && key.id !== undefined) onSubmit(filterPatchOf(draft, key.id, zone));
  });
  useEffect(() => {
    if (isWaiting && !key.isSearching) apply();
  }, [isWaiting, key.isSearching]);
  return (
    <form
      className="grid gap-4"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setWaiting(true);
      }}
    >
      <div className="grid gap-4 sm:grid-cols-2">
        <NameFields view={view} draft={draft} set={set} />
        <SuggestField
          label={t('key')}
          hint={t('keyHint')}
          value={draft.key}
          options={key.options}
          error={key.isMissing ? t('keyMissing') : undefined}
          onChange={(text) => set({ key: text })}
        />
        <OutcomeField value={draft.outcome} onChange={(outcome) => set({ outcome })} />
        <TimeFields
          draft={draft}
          set={set}
          problem={problem}
          isForRequests={logKindOf(view) === 'requests'}
        />
      </div>
      <div className="flex justify-end">
        <Button type="submit" look="primary" isBusy={isWaiting} disabled={problem !== undefined}>
          {t('apply')}
        </Button>
      </div>
    </form>
  );
}

interface PartProps {
  readonly view: LogView;
  readonly draft: FilterDraft;
  readonly set: (patch: Partial<FilterDraft>) => void;
}

function NameFields({ view, draft, set }: PartProps) {
  const t = useTranslations('logs');
  const models = useQuery(usedModelsQuery);
  const tokens = useTokenOptions(draft.token);
  return (
    <>
      <SuggestField
        label={t('model')}
        value={draft.model}
        options={(models.data?.items ?? []).flatMap(({ model }) =>
          model === null ? [] : [{ value: model }],
        )}
        onChange={(model) => set({ model })}
      />
      {logKindOf(view) === 'requests' && (
        <SuggestField
          label={t('token')}
          hint={t('tokenHint')}
          value={draft.token}
          options={tokens}
          onChange={(token) => set({ token })}
        />
      )}
    </>
  );
}

function OutcomeField({
  value,
  onChange,
}: {
  readonly value: string;
  readonly onChange: (name: string) => void;
}) {
  const t = useTranslations('logs');
  const text = useOutcomeText();
  const { verdicts } = useMessages();
  const names = Object.keys(verdicts);
  const known = value === '' || value === 'failure' || names.includes(value) ? names : [...names, value];
  return (
    <Field label={t('columns.outcome')}>
      {(control) => (
        <Select
          {...control}
          value={value}
          options={['', 'failure', ...known].map((name) => ({
            value: name,
            label: name === '' ? t('anyOutcome') : text(name),
          }))}
          onChange={onChange}
        />
      )}
    </Field>
  );
}

const PAUSE_MS = 180;

function useTokenOptions(typed: string) {
  const search = useDebounced(typed.trim(), PAUSE_MS);
  const { data } = useQuery({ ...tokenLookup(search), enabled: !maybeSecret(search) });
  return (data?.items ?? []).map(({ hint, name }) => ({ value: hint, label: name }));
}

/** The key of a hint that is typed or chosen; the id that the address has stays what it is. */
function useFoundKey(typed: string, knownId: string) {
  const text = typed.trim();
  const isKnown = text === '' || text === knownId;
  const { found, isSearching } = useKeysOf(isKnown ? '' : text);
  const one = found.find(({ hint }) => hint === text) ?? (found.length === 1 ? found[0] : undefined);
  return {
    /** Undefined while no key is meant by what is typed. */
    id: isKnown ? text : one?.id,
    options: found.map(({ hint, provider }) => ({ value: hint, label: provider })),
    isMissing: !isKnown && !isSearching && one === undefined,
    isSearching,
  };
}

function useKeysOf(text: string) {
  const search = useDebounced(text, PAUSE_MS);
  const { data, isFetching } = useQuery({ ...keyLookup(search), enabled: search !== '' });
  const isCurrent = search === text;
  return {
    found: isCurrent && text !== '' ? (data?.items ?? []) : [],
    isSearching: !isCurrent || isFetching,
  };
}
