'use client';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { toast } from 'sonner';
import { useTranslations } from '@/i18n/use-translations';
import type { KeyItem } from '@/lib/admin/contract/keys';
import { answered } from '@/lib/client/asked';
import { deleteKey, keyQuery, keysKey, resetKey, revealKey, updateKey, verifyKey } from '@/lib/client/keys';
import { useConfirm } from '../layout/confirm';
import { copyText } from '../shared/copy';
import { joined } from '../shared/two-lines';
import { useAct } from '../shared/use-act';
import { useSaid } from '../shared/use-said';
import { useUndo } from '../tasks/use-undo';
import { isDisabled } from './key-status';

const UNDO_SHOWN_MS = 15_000;
const verdictToasts = { alive: toast.success, rejected: toast.error, unproven: toast } as const;

export type KeyAction = 'verify' | 'reset' | 'switch' | 'reveal' | 'copy' | 'delete';

/** The actions on one key, and which of them is under way. */
export function useKeyActions(item: KeyItem, onGone: () => void) {
  const t = useTranslations('keys');
  const act = useAct();
  const [busy, setBusy] = useState<KeyAction>();
  const secret = useKeySecret(item.id);
  const works: Readonly<Record<KeyAction, () => Promise<void>>> = {
    ...useKeyChanges(item),
    reveal: secret.toggle,
    copy: secret.copy,
    delete: useDeleteKey(item, onGone),
  };
  const run = async (action: KeyAction) => {
    setBusy(action);
    await act(works[action], t('actionFailed'));
    setBusy(undefined);
  };
  return { run, busy, secret: secret.value };
}

/** The actions that change the key and keep it. */
function useKeyChanges(item: KeyItem) {
  const t = useTranslations('keys');
  const said = useSaid();
  const client = useQueryClient();
  const show = (key: KeyItem) => {
    client.setQueryData(keyQuery(key.id).queryKey, answered(key));
    void client.invalidateQueries({ queryKey: keysKey });
  };
  return {
    verify: async () => {
      const verified = await verifyKey(item.id);
      const { outcome, effect, key } = verified;
      verdictToasts[outcome](t(`verified.${outcome}`), {
        description: joined(said(verified, 'text'), effect === 'none' ? '' : said(verified, 'effect')),
      });
      show(key);
    },
    reset: async () => show(await resetKey(item.id)),
    switch: async () => show(await updateKey(item.id, { enabled: isDisabled(item) })),
  };
}

/** The key itself, which is asked for only when a person wants it. */
function useKeySecret(id: string) {
  const t = useTranslations('keys');
  const [value, setValue] = useState<string>();
  return {
    value,
    toggle: async () => setValue(value === undefined ? (await revealKey(id)).value : undefined),
    copy: async () => {
      const revealed = await revealKey(id);
      if (await copyText(revealed.value)) toast.success(t('copied', { count: 1 }));
      else toast.error(t('copyFailed'));
    },
  };
}

function useDeleteKey(item: KeyItem, onGone: () => void) {
  const t = useTranslations('keys');
  const tasks = useTranslations('tasks');
  const client = useQueryClient();
  const confirm = useConfirm();
  const undo = useUndo();
  return async () => {
    const isSure = await confirm({
      title: t('bulk.delete.title', { count: 1 }),
      text: t('bulk.delete.text'),
      action: t('bulk.delete.action'),
      isDangerous: true,
    });
    if (!isSure) return;
    // Whoever still shows it would ask for it again, in vain.
    onGone();
    const { deletionId } = await deleteKey(item.id);
    toast(t('deleted', { hint: item.hint }), {
      duration: UNDO_SHOWN_MS,
      action: { label: tasks('undo'), onClick: () => void undo(deletionId) },
    });
    await client.invalidateQueries({ queryKey: keysKey });
  };
}
