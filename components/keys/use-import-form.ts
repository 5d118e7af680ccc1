'use client';
import { useState } from 'react';
import { useChosenProvider } from '../shared/use-provider-choices';
import { emptyLimits, hasLimitsProblems, limitsOfDraft, type LimitsDraft } from '../limits/limits-draft';
import { useUnsavedInput } from '../ui/unsaved-input';
import { useImportKeys } from './use-import-keys';
import { useImportPreview } from './use-import-preview';

/** So many are tested without being asked for; more cost the provider many requests. */
const TESTED_MAX = 1_000;

interface ImportDraft {
  readonly text: string;
  readonly note: string;
  readonly account: string;
  readonly tags: readonly string[];
  readonly limits: LimitsDraft;
  readonly takesOdd: boolean;
  /** Undefined until a person has chosen. */
  readonly wantsTest: boolean | undefined;
}

const emptyDraft: ImportDraft = {
  text: '',
  note: '',
  account: '',
  tags: [],
  limits: emptyLimits,
  takesOdd: false,
  wantsTest: undefined,
};

export type ImportFormState = ReturnType<typeof useImportForm>;

/** The state of the import form: keys, provider, note, preview and adding. */
export function useImportForm(givenProvider: string, onDone: () => void) {
  const target = useChosenProvider(givenProvider);
  const [draft, setDraft] = useState(emptyDraft);
  const { text, note, takesOdd } = draft;
  const options = optionsOf(draft);
  const { add, ...progress } = useImportKeys(onDone);
  useUnsavedInput(
    `${text}${note}${draft.account}${draft.tags.join('')}`.trim() !== '' && progress.adding === undefined,
  );
  const preview = useImportPreview({ provider: target.value, text, takesOdd, options });
  const { report, isEmpty, isOfThisText } = preview;
  const verify = draft.wantsTest ?? (report?.added ?? 0) <= TESTED_MAX;
  return {
    ...progress,
    target,
    draft,
    set: (patch: Partial<ImportDraft>) => setDraft((before) => ({ ...before, ...patch })),
    // The field of the provider says that it is gone; an error here would say it twice.
    preview: target.isGone ? { ...preview, error: null } : preview,
    verify,
    canAdd: !isEmpty && report?.added !== 0 && !target.isGone && isOfThisText && options !== undefined,
    add: () =>
      add({
        provider: target.value,
        text,
        note: note.trim(),
        odd: takesOdd ? 'take' : 'skip',
        verify,
        ...options,
      }),
  };
}

/** What all keys get for which the text itself says nothing; undefined while something is wrong with it. */
function optionsOf({ account, limits, tags }: ImportDraft) {
  if (hasLimitsProblems(limits)) return undefined;
  const ofAll = account.trim() === '' ? null : account.trim();
  return { account: ofAll, limits: limitsOfDraft(limits), tags: [...tags] };
}
