'use client';
import { useQueryClient } from '@tanstack/react-query';
import { Pencil, Send, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { toast } from 'sonner';
import { useTranslations } from '@/i18n/use-translations';
import type { AlertItem } from '@/lib/admin/contract/alerts';
import { alertsKey, deleteAlert, testAlert } from '@/lib/client/alerts';
import { useConfirm } from '../layout/confirm';
import { TimeAgo } from '../shared/time';
import { useAct } from '../shared/use-act';
import { useSaid } from '../shared/use-said';
import { Badge } from '../ui/badge';
import { Button } from '../ui/button';
import { Table, Td, Th, Tr } from '../ui/table';

interface AlertTableProps {
  readonly items: readonly AlertItem[];
  readonly onEdit: (item: AlertItem) => void;
}

export function AlertTable({ items, onEdit }: AlertTableProps) {
  const t = useTranslations('alerts');
  return (
    <Table label={t('title')}>
      <thead>
        <tr>
          <Th>{t('columns.name')}</Th>
          <Th>{t('columns.kind')}</Th>
          <Th>{t('columns.last')}</Th>
          <Th>
            <span className="sr-only">{t('columns.actions')}</span>
          </Th>
        </tr>
      </thead>
      <tbody>
        {items.map((item) => (
          <Tr key={item.id}>
            <Td className="min-w-0">
              <span className="block font-medium [overflow-wrap:anywhere]">{item.name}</span>
              {!item.isEnabled && <Badge>{t('off')}</Badge>}
              {item.open > 0 && <Badge tone="warn">{t('open', { count: item.open })}</Badge>}
            </Td>
            <Td label={t('columns.kind')}>
              {t(`kinds.${item.kind}`)}
              <span className="block text-2xs text-ink-faint [overflow-wrap:anywhere]">{item.address}</span>
            </Td>
            <Td label={t('columns.last')} className="min-w-0">
              <LastMessage last={item.last} />
            </Td>
            <Td>
              <Actions item={item} onEdit={onEdit} />
            </Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}

function LastMessage({ last }: Pick<AlertItem, 'last'>) {
  const t = useTranslations('alerts');
  const said = useSaid();
  if (last === null) return <span className="text-ink-faint">{t('never')}</span>;
  return (
    <>
      <span className="flex flex-wrap items-center gap-2">
        <Badge tone={last.ok ? 'good' : 'bad'}>{last.ok ? t('arrived') : t('failed')}</Badge>
        <span className="text-xs text-ink-soft">
          <TimeAgo at={last.at} />
        </span>
      </span>
      {last.error !== null && (
        <span className="block text-xs text-bad [overflow-wrap:anywhere]">{said(last, 'error')}</span>
      )}
    </>
  );
}

function Actions({ item, onEdit }: { readonly item: AlertItem; readonly onEdit: (item: AlertItem) => void }) {
  const t = useTranslations('alerts');
  const confirm = useConfirm();
  const act = useAct();
  const client = useQueryClient();
  const { name } = item;
  const remove = async () => {
    const question = { title: t('deleteTitle', { name }), action: t('delete'), isDangerous: true };
    if (!(await confirm(question))) return;
    await act(() => deleteAlert(item.id), t('deleteFailed'));
    await client.invalidateQueries({ queryKey: alertsKey });
  };
  return (
    <span className="flex justify-end gap-1">
      <TestButton item={item} />
      <Button
        look="ghost"
        size="iconSm"
        needs="alerts.update"
        aria-label={t('editName', { name })}
        onClick={() => onEdit(item)}
      >
        <Pencil aria-hidden />
      </Button>
      <Button
        look="ghost"
        size="iconSm"
        needs="alerts.delete"
        aria-label={t('deleteName', { name })}
        onClick={() => void remove()}
      >
        <Trash2 aria-hidden />
      </Button>
    </span>
  );
}

function TestButton({ item: { id, name } }: { readonly item: AlertItem }) {
  const t = useTranslations('alerts');
  const act = useAct();
  const said = useSaid();
  const client = useQueryClient();
  const [isBusy, setBusy] = useState(false);
  const send = async () => {
    setBusy(true);
    const delivered = await act(() => testAlert(id), t('testFailed'));
    setBusy(false);
    if (delivered?.ok === true) toast.success(t('testSent'));
    else if (delivered !== undefined) toast.error(t('testFailed'), { description: said(delivered, 'error') });
    await client.invalidateQueries({ queryKey: alertsKey });
  };
  return (
    <Button
      size="sm"
      needs="alerts.test"
      isBusy={isBusy}
      aria-label={t('testName', { name })}
      onClick={() => void send()}
    >
      <Send aria-hidden />
      {t('test')}
    </Button>
  );
}
