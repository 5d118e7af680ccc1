'use client';
import { useState } from 'react';
import { useChosenProvider } from '../shared/use-provider-choices';
import { useUnsavedInput } from '../ui/unsaved-input';
import { useImportKeys } from './use-import-keys';
import { useImportPreview } from './use-import-preview';

/** So many are tested without being asked for; more cost the provider many requests. */
const TESTED_MAX = 1_000;

interface ImportDraft {
  readonly text: string;
  readonly note: string;
  readonly takesOdd: boolean;
  /** Undefined until a person has chosen. */
  readonly wantsTest: boolean | undefined;
}

const emptyDraft: ImportDraft = { text: '', note: '', takesOdd: false, wantsTest: undefined };

export type ImportFormState = ReturnType<typeof useImportForm>;

/** The state of the import form: keys, provider, note, preview and adding. */
export function useImportForm(givenProvider: string, onDone: () => void) {
  const target = useChosenProvider(givenProvider);
  const [draft, setDraft] = useState(emptyDraft);
  const { text, note, takesOdd } = draft;
  const { add, ...progress } = useImportKeys(onDone);
  useUnsavedInput(`${text}${note}`.trim() !== '' && progress.adding === undefined);
  const preview = useImportPreview(target.value, text, takesOdd);
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
    canAdd: !isEmpty && report?.added !== 0 && !target.isGone && isOfThisText,
    add: () =>
      add({ provider: target.value, text, note: note.trim(), odd: takesOdd ? 'take' : 'skip', verify }),
  };
}
