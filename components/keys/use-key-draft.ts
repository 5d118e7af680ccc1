'use client';
import { useState } from 'react';
import type { KeyItem } from '@/lib/admin/contract/keys';
import { limitsDraftOf, limitsOfDraft, type LimitsDraft } from '../limits/limits-draft';
import { useUnsavedInput } from '../ui/unsaved-input';

/** What people may change of a key, as they type it. */
export interface KeyDraft {
  readonly note: string;
  readonly weight: string;
  /** Empty for no proxy. */
  readonly egressId: string;
  readonly provider: string;
  /** Empty for none. */
  readonly account: string;
  readonly tags: readonly string[];
  readonly limits: LimitsDraft;
}

function savedDraft(item: KeyItem): KeyDraft {
  return {
    note: item.note,
    weight: String(item.weight),
    egressId: item.egressId ?? '',
    provider: item.provider,
    account: item.account ?? '',
    tags: item.tags,
    limits: limitsDraftOf(item.limits),
  };
}

/** As the API takes it: what has changed, and nothing else. */
function patchOf(draft: KeyDraft, changed: readonly (keyof KeyDraft)[]) {
  const whole = {
    note: draft.note,
    weight: Number(draft.weight),
    egressId: draft.egressId === '' ? null : draft.egressId,
    provider: draft.provider,
    account: draft.account.trim() === '' ? null : draft.account,
    tags: [...draft.tags],
    limits: limitsOfDraft(draft.limits),
  };
  return Object.fromEntries(changed.map((name) => [name, whole[name]])) as Partial<typeof whole>;
}

/** A draft survives what others change meanwhile; saving it then tells of the conflict. */
export function useKeyDraft(item: KeyItem) {
  const saved = savedDraft(item);
  const [edits, setEdits] = useState<Partial<KeyDraft>>({});
  const [baseVersion, setBaseVersion] = useState<number>();
  const draft = { ...saved, ...edits };
  const isChanged = (name: keyof KeyDraft) => JSON.stringify(draft[name]) !== JSON.stringify(saved[name]);
  const changed = (Object.keys(draft) as (keyof KeyDraft)[]).filter(isChanged);
  useUnsavedInput(changed.length > 0);
  return {
    draft,
    changed,
    set: (patch: Partial<KeyDraft>) => {
      setBaseVersion((before) => before ?? item.version);
      setEdits({ ...edits, ...patch });
    },
    patch: { version: baseVersion ?? item.version, ...patchOf(draft, changed) },
    /** Bases the draft on the key as it is now. */
    rebase: () => setBaseVersion(undefined),
    clear: () => {
      setEdits({});
      setBaseVersion(undefined);
    },
  };
}
