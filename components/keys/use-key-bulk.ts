'use client';
import { toast } from 'sonner';
import { useTranslations } from '@/i18n/use-translations';
import type { KeyBulkAction } from '@/lib/admin/contract/keys';
import { bulkKeys, exportKeys, type KeyBulkBody } from '@/lib/client/keys';
import { useConfirm } from '../layout/confirm';
import { copyText } from '../shared/copy';
import { useAct } from '../shared/use-act';
import { useTasks } from '../tasks/task-provider';
import { countOf, targetOf, type KeySelection } from './use-key-selection';

/** Above this many keys even harmless actions are asked about. */
const ASK_ABOVE = 100;

/** Actions on all selected keys. */
export function useKeyBulk(selection: KeySelection, onDone: () => void) {
  const t = useTranslations('keys');
  const confirm = useConfirm();
  const act = useAct();
  const { follow } = useTasks();
  const count = countOf(selection);

  const isSure = (action: KeyBulkAction) => {
    const isDelete = action === 'delete';
    // These two have a dialog of their own.
    if (action === 'move' || action === 'edit' || (!isDelete && count <= ASK_ABOVE)) return true;
    return confirm({
      title: t(`bulk.${action}.title`, { count }),
      text: t(`bulk.${action}.text`),
      action: t(`bulk.${action}.action`),
      isDangerous: isDelete || action === 'disable',
    });
  };
  /** `to` is the provider that keys are moved to, `set` what an edit gives them. */
  const run = async (action: KeyBulkAction, more: Pick<KeyBulkBody, 'to' | 'set'> = {}) => {
    if (!(await isSure(action))) return;
    const body = { action, ...targetOf(selection), ...more };
    const answer = await act(() => bulkKeys(body), t('bulkFailed'));
    if (answer === undefined) return;
    follow(answer.task);
    onDone();
  };
  const copy = async () => {
    const blob = await act(
      () => exportKeys({ ...targetOf(selection), format: 'txt', secrets: true }),
      t('copyFailed'),
    );
    if (blob === undefined) return;
    const text = (await blob.text()).trim();
    if (await copyText(text)) toast.success(t('copied', { count: text.split('\n').length }));
    else toast.error(t('copyFailed'));
  };
  return { run, copy };
}
