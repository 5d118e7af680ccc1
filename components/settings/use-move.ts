'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import { moveIn } from '@/lib/client/installation';
import { useConfirm } from '../layout/confirm';
import { useUnsavedInput } from '../ui/unsaved-input';
import { filesOf, moveBody, type MoveDraft } from './move-body';
import { MOVE_FILE_BYTES_MAX, MOVE_PROGRAM_NAMES, partsOf, type MoveFile } from './move-programs';

const [FIRST = 'gpt-load'] = MOVE_PROGRAM_NAMES;
const emptyDraft: MoveDraft = { program: FIRST, files: {}, encryptionKey: '' };

/** From the choice of a program and its files over the preview to the report. A change of the choice ends a preview. */
export function useMove() {
  const t = useTranslations('moveIn');
  const client = useQueryClient();
  const confirm = useConfirm();
  const [draft, setDraft] = useState(emptyDraft);
  const send = (preview: boolean) => async (given: MoveDraft) => moveIn(await moveBody(given, preview));
  const preview = useMutation({ mutationFn: send(true) });
  const moving = useMutation({ mutationFn: send(false), onSettled: () => client.invalidateQueries() });
  const chosen = Object.keys(filesOf(draft)) as MoveFile[];
  const large = chosen.filter((kind) => (draft.files[kind]?.size ?? 0) > MOVE_FILE_BYTES_MAX[kind]);
  useUnsavedInput((chosen.length > 0 || draft.encryptionKey !== '') && moving.data === undefined);
  const reset = () => {
    preview.reset();
    moving.reset();
  };
  const { title } = partsOf(draft.program);
  return {
    draft,
    large,
    preview,
    moving,
    set: (patch: Partial<MoveDraft>) => {
      reset();
      setDraft((before) => ({ ...before, ...patch }));
    },
    canPreview: chosen.length > 0 && large.length === 0 && !moving.isPending,
    look: () => {
      reset();
      preview.mutate(draft);
    },
    move: async () => {
      const isSure = await confirm({
        title: t('sureTitle', { program: title }),
        text: t('sureText'),
        action: t('move'),
      });
      if (isSure) moving.mutate(draft);
    },
    startOver: () => {
      reset();
      setDraft(emptyDraft);
    },
  };
}

export type MoveState = ReturnType<typeof useMove>;
