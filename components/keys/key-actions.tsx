'use client';
import { Ban, Copy, Eye, Power, RotateCcw, ShieldCheck, Trash2 } from 'lucide-react';
import { useTranslations } from '@/i18n/use-translations';
import type { KeyItem } from '@/lib/admin/contract/keys';
import { CodeBlock } from '../shared/code-block';
import type { Needs } from '../shared/use-me';
import { Button } from '../ui/button';
import { isDisabled } from './key-status';
import { useKeyActions, type KeyAction } from './use-key-actions';

const NEEDS: Readonly<Record<KeyAction, Needs>> = {
  verify: 'keys.verify',
  reset: 'keys.reset',
  switch: 'keys.update',
  reveal: 'keys.reveal',
  copy: 'keys.reveal',
  delete: 'keys.delete',
};

interface KeyActionsProps {
  readonly item: KeyItem;
  readonly onGone: () => void;
}

export function KeyActions({ item, onGone }: KeyActionsProps) {
  const t = useTranslations('keys');
  const { run, busy, secret } = useKeyActions(item, onGone);
  const button = (action: KeyAction) =>
    ({ size: 'sm', needs: NEEDS[action], isBusy: busy === action, onClick: () => void run(action) }) as const;
  return (
    <div className="grid gap-3">
      <div className="flex flex-wrap gap-1.5">
        <Button {...button('verify')}>
          <ShieldCheck aria-hidden />
          {t('bulk.verify.action')}
        </Button>
        <Button {...button('reset')}>
          <RotateCcw aria-hidden />
          {t('bulk.reset.action')}
        </Button>
        <Button {...button('switch')}>
          {isDisabled(item) ? <Power aria-hidden /> : <Ban aria-hidden />}
          {isDisabled(item) ? t('bulk.enable.action') : t('bulk.disable.action')}
        </Button>
        <Button {...button('reveal')} aria-expanded={secret !== undefined}>
          <Eye aria-hidden />
          {secret === undefined ? t('reveal') : t('conceal')}
        </Button>
        <Button {...button('copy')}>
          <Copy aria-hidden />
          {t('copy')}
        </Button>
        <Button {...button('delete')} look="dangerGhost">
          <Trash2 aria-hidden />
          {t('bulk.delete.action')}
        </Button>
      </div>
      {secret !== undefined && <CodeBlock text={secret} copyLabel={t('copy')} />}
    </div>
  );
}
