'use client';
import { Ban, Copy, FolderInput, Power, RotateCcw, ShieldCheck, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import { Button } from '../ui/button';
import { MoveDialog } from './move-dialog';
import { useKeyBulk } from './use-key-bulk';
import type { KeyPicks } from './use-key-picks';

interface BulkBarProps {
  readonly picks: KeyPicks;
  readonly total: number;
}

/** How many keys are selected, and what can be done with them. */
export function BulkBar({ picks, total }: BulkBarProps) {
  const t = useTranslations('keys');
  const { selection, count, clear, selectMatching } = picks;
  return (
    <>
      <span className="font-medium text-ink">{t('selected', { count })}</span>
      {selection.kind === 'ids' && count < total && (
        <Button look="link" size="inline" onClick={selectMatching}>
          {t('selectMatching', { total })}
        </Button>
      )}
      <Button look="link" size="inline" onClick={clear}>
        {t('clearSelection')}
      </Button>
      <BulkActions picks={picks} />
    </>
  );
}

const actions = [
  { action: 'verify', icon: ShieldCheck },
  { action: 'reset', icon: RotateCcw },
  { action: 'enable', icon: Power },
  { action: 'disable', icon: Ban },
] as const;

function BulkActions({ picks: { selection, count, clear } }: Pick<BulkBarProps, 'picks'>) {
  const t = useTranslations('keys');
  const { run, copy } = useKeyBulk(selection, clear);
  const [isMoving, setMoving] = useState(false);
  return (
    <>
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
