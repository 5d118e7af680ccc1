'use client';
import { useEffect, useEffectEvent } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import { bulkKeys } from '@/lib/client/keys';
import { useConfirm } from '../layout/confirm';
import { useAct } from '../shared/use-act';
import { useTasks } from '../tasks/task-provider';

/** Once it is asked for, asks whether to verify every key, and does so as a task. An address alone verifies nothing. */
export function useVerifyAllKeys(isAsked: boolean, onAsked: () => void): void {
  const t = useTranslations('keys');
  const confirm = useConfirm();
  const act = useAct();
  const { follow } = useTasks();
  const ask = useEffectEvent(async () => {
    onAsked();
    const isSure = await confirm({
      title: t('verifyAllTitle'),
      text: t('bulk.verify.text'),
      action: t('bulk.verify.action'),
    });
    if (!isSure) return;
    const answer = await act(() => bulkKeys({ action: 'verify', filter: {} }), t('bulkFailed'));
    if (answer !== undefined) follow(answer.task);
  });
  useEffect(() => {
    if (isAsked) void ask();
  }, [isAsked]);
}
