'use client';
import {
  Ban,
  Copy,
  FolderInput,
  Pencil,
  Power,
  RotateCcw,
  ShieldCheck,
  Tags,
  Trash2,
  type LucideIcon,
} from 'lucide-react';
import { useState } from 'react';
import type { KeyBulkAction } from '@/lib/admin/contract/keys';
import { useTranslations } from '@/i18n/use-translations';
import type { Needs } from '../shared/use-me';
import { Button } from '../ui/button';
import { EditDialog, type KeysEdit } from './edit-dialog';
import { MoveDialog } from './move-dialog';
import { TagsDialog } from './tags-dialog';
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
  const [open, setOpen] = useState<'move' | 'edit' | 'tags'>();
  const close = () => setOpen(undefined);
  const edit = (set: KeysEdit) => {
    close();
    void run('edit', { set });
  };
  return (
    <>
      <div className="flex flex-wrap gap-0.5 sm:ml-auto" role="toolbar" aria-label={t('bulkLabel')}>
        {actions.map(({ action, icon }) => (
          <Act
            key={action}
            action={action}
            icon={icon}
            label={t(`bulk.${action}.action`)}
            onAct={() => void run(action)}
          />
        ))}
        <Act action="move" icon={FolderInput} label={t('bulk.move.action')} onAct={() => setOpen('move')} />
        <Act action="edit" icon={Pencil} label={t('bulk.edit.action')} onAct={() => setOpen('edit')} />
        <Act action="tags" icon={Tags} label={t('tags.action')} onAct={() => setOpen('tags')} />
        <Act action="copy" icon={Copy} label={t('copy')} onAct={() => void copy()} />
        <Act
          action="delete"
          icon={Trash2}
          label={t('bulk.delete.action')}
          isDangerous
          onAct={() => void run('delete')}
        />
      </div>
      <MoveDialog
        count={count}
        isOpen={open === 'move'}
        onOpenChange={close}
        onMove={(to) => {
          close();
          void run('move', { to });
        }}
      />
      <EditDialog count={count} isOpen={open === 'edit'} onOpenChange={close} onEdit={edit} />
      <TagsDialog count={count} isOpen={open === 'tags'} onOpenChange={close} onEdit={edit} />
    </>
  );
}

interface ActProps {
  readonly action: KeyBulkAction | 'copy' | 'tags';
  readonly icon: LucideIcon;
  readonly label: string;
  readonly isDangerous?: boolean;
  readonly onAct: () => void;
}

function needsOf(action: ActProps['action']): Needs {
  if (action === 'copy') return ['keys.export', { secrets: true }];
  if (action === 'edit') return ['keys.bulk', { action, set: { limits: null } }];
  if (action === 'tags') return ['keys.bulk', { action: 'edit', set: { addTags: [] } }];
  return ['keys.bulk', { action }];
}

function Act({ action, icon: Icon, label, isDangerous = false, onAct }: ActProps) {
  const needs = needsOf(action);
  return (
    <Button look={isDangerous ? 'dangerGhost' : 'ghost'} size="sm" needs={needs} onClick={onAct}>
      <Icon aria-hidden />
      {label}
    </Button>
  );
}
