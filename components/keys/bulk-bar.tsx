'use client';
import { Ban, Copy, FolderInput, Power, RotateCcw, ShieldCheck, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { toast } from 'sonner';
import { useTranslations } from '@/i18n/use-translations';
import type { KeyBulkAction } from '@/lib/admin/contract/keys';
import { bulkKeys, exportKeys } from '@/lib/client/keys';
import { useConfirm } from '../layout/confirm';
import { copyText } from '../shared/copy';
import { useAct } from '../shared/use-act';
import { useTasks } from '../tasks/task-provider';
import { Button } from '../ui/button';
import { MoveDialog } from './move-dialog';
import { countOf, targetOf, type KeySelection } from './use-key-selection';

interface BulkBarProps {
  readonly selection: KeySelection;
  readonly total: number;
  readonly onSelectAll: () => void;
  readonly onClear: () => void;
}

/** Above this many keys even harmless actions are asked about. */
const ASK_ABOVE = 100;

const actions = [
  { action: 'verify', icon: ShieldCheck },
  { action: 'reset', icon: RotateCcw },
  { action: 'enable', icon: Power },
  { action: 'disable', icon: Ban },
] as const;

/** What can be done with the selected keys. */
export function BulkBar({ selection, total, onSelectAll, onClear }: BulkBarProps) {
  const t = useTranslations('keys');
  const confirm = useConfirm();
  const act = useAct();
  const { follow } = useTasks();
  const [isMoving, setMoving] = useState(false);
  const count = countOf(selection);

  const run = async (action: KeyBulkAction, to?: string) => {
    const isDelete = action === 'delete';
    if (isDelete || (to === undefined && count > ASK_ABOVE)) {
      const isSure = await confirm({
        title: t(`bulk.${action}.title`, { count }),
        text: t(`bulk.${action}.text`),
        action: t(`bulk.${action}.action`),
        isDangerous: isDelete || action === 'disable',
      });
      if (!isSure) return;
    }
    const body = { action, ...targetOf(selection), ...(to === undefined ? {} : { to }) };
    const answer = await act(() => bulkKeys(body), t('bulkFailed'));
    if (answer === undefined) return;
    follow(answer.task);
    onClear();
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

  return (
    <>
      <span className="font-medium text-ink">{t('selected', { count })}</span>
      {selection.kind === 'ids' && count < total && (
        <Button look="link" size="inline" onClick={onSelectAll}>
          {t('selectMatching', { total })}
        </Button>
      )}
      <Button look="link" size="inline" onClick={onClear}>
        {t('clearSelection')}
      </Button>
      <div className="flex flex-wrap gap-0.5 sm:ml-auto" role="toolbar" aria-label={t('bulkLabel')}>
        {actions.map(({ action, icon: Icon }) => (
          <Button key={action} look="ghost" size="sm" onClick={() => void run(action)}>
            <Icon aria-hidden />
            {t(`bulk.${action}.action`)}
          </Button>
        ))}
        <Button look="ghost" size="sm" onClick={() => setMoving(true)}>
          <FolderInput aria-hidden />
          {t('bulk.move.action')}
        </Button>
        <Button look="ghost" size="sm" onClick={() => void copy()}>
          <Copy aria-hidden />
          {t('copy')}
        </Button>
        <Button look="dangerGhost" size="sm" onClick={() => void run('delete')}>
          <Trash2 aria-hidden />
          {t('bulk.delete.action')}
        </Button>
      </div>
      <MoveDialog
        count={count}
        isOpen={isMoving}
        onOpenChange={setMoving}
        onMove={(to) => {
          setMoving(false);
          void run('move', to);
        }}
      />
    </>
  );
}
