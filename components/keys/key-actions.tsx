'use client';
import { useQueryClient } from '@tanstack/react-query';
import { Ban, Copy, Eye, Power, RotateCcw, ShieldCheck, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { toast } from 'sonner';
import { useTranslations } from '@/i18n/use-translations';
import type { KeyItem } from '@/lib/admin/contract/keys';
import { answered } from '@/lib/client/asked';
import { deleteKey, keyQuery, keysKey, resetKey, revealKey, updateKey, verifyKey } from '@/lib/client/keys';
import { useConfirm } from '../layout/confirm';
import { CodeBlock } from '../shared/code-block';
import { copyText } from '../shared/copy';
import { joined } from '../shared/two-lines';
import { useAct } from '../shared/use-act';
import { useUndo } from '../tasks/use-undo';
import { Button } from '../ui/button';
import { useSaid } from '../shared/use-said';

interface KeyActionsProps {
  readonly item: KeyItem;
  readonly onGone: () => void;
}

const UNDO_SHOWN_MS = 15_000;
const verdictToasts = { alive: toast.success, rejected: toast.error, unproven: toast } as const;

export function KeyActions({ item, onGone }: KeyActionsProps) {
  const t = useTranslations('keys');
  const said = useSaid();
  const tasks = useTranslations('tasks');
  const client = useQueryClient();
  const confirm = useConfirm();
  const act = useAct();
  const undo = useUndo();
  const [busy, setBusy] = useState('');
  const [secret, setSecret] = useState<string>();
  const isDisabled = item.status === 'disabled_auto' || item.status === 'disabled_manual';

  const show = (key: KeyItem) => {
    client.setQueryData(keyQuery(key.id).queryKey, answered(key));
    void client.invalidateQueries({ queryKey: keysKey });
  };
  const run = async (name: string, work: () => Promise<void>) => {
    setBusy(name);
    await act(work, t('actionFailed'));
    setBusy('');
  };

  const verify = () =>
    run('verify', async () => {
      const verified = await verifyKey(item.id);
      const { outcome, effect, key } = verified;
      verdictToasts[outcome](t(`verified.${outcome}`), {
        description: joined(said(verified, 'text'), effect === 'none' ? '' : said(verified, 'effect')),
      });
      show(key);
    });
  const reveal = () =>
    run('reveal', async () => {
      setSecret(secret === undefined ? (await revealKey(item.id)).value : undefined);
    });
  const copy = () =>
    run('copy', async () => {
      const { value } = await revealKey(item.id);
      if (await copyText(value)) toast.success(t('copied', { count: 1 }));
      else toast.error(t('copyFailed'));
    });
  const remove = () =>
    run('delete', async () => {
      const isSure = await confirm({
        title: t('bulk.delete.title', { count: 1 }),
        text: t('bulk.delete.text'),
        action: t('bulk.delete.action'),
        isDangerous: true,
      });
      if (!isSure) return;
      const { deletionId } = await deleteKey(item.id);
      onGone();
      toast(t('deleted', { hint: item.hint }), {
        duration: UNDO_SHOWN_MS,
        action: { label: tasks('undo'), onClick: () => void undo(deletionId) },
      });
      await client.invalidateQueries({ queryKey: keysKey });
    });

  return (
    <div className="grid gap-3">
      <div className="flex flex-wrap gap-1.5">
        <Button size="sm" isBusy={busy === 'verify'} onClick={() => void verify()}>
          <ShieldCheck aria-hidden />
          {t('bulk.verify.action')}
        </Button>
        <Button
          size="sm"
          isBusy={busy === 'reset'}
          onClick={() => void run('reset', async () => show(await resetKey(item.id)))}
        >
          <RotateCcw aria-hidden />
          {t('bulk.reset.action')}
        </Button>
        <Button
          size="sm"
          isBusy={busy === 'enable'}
          onClick={() =>
            void run('enable', async () => show(await updateKey(item.id, { enabled: isDisabled })))
          }
        >
          {isDisabled ? <Power aria-hidden /> : <Ban aria-hidden />}
          {isDisabled ? t('bulk.enable.action') : t('bulk.disable.action')}
        </Button>
        <Button
          size="sm"
          aria-expanded={secret !== undefined}
          isBusy={busy === 'reveal'}
          onClick={() => void reveal()}
        >
          <Eye aria-hidden />
          {secret === undefined ? t('reveal') : t('conceal')}
        </Button>
        <Button size="sm" isBusy={busy === 'copy'} onClick={() => void copy()}>
          <Copy aria-hidden />
          {t('copy')}
        </Button>
        <Button size="sm" look="dangerGhost" isBusy={busy === 'delete'} onClick={() => void remove()}>
          <Trash2 aria-hidden />
          {t('bulk.delete.action')}
        </Button>
      </div>
      {secret !== undefined && <CodeBlock text={secret} copyLabel={t('copy')} />}
    </div>
  );
}
