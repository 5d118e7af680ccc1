'use client';
import { useQueryClient } from '@tanstack/react-query';
import { Ban, Power, ShieldCheck, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { toast } from 'sonner';
import { useTranslations } from '@/i18n/use-translations';
import type { ProxyItem } from '@/lib/admin/contract/proxies';
import { answered } from '@/lib/client/asked';
import { formatDuration } from '@/lib/client/format';
import { isolatedList } from '@/lib/client/isolated';
import { deleteProxy, proxiesKey, proxyQuery, testProxy, updateProxy } from '@/lib/client/proxies';
import { useConfirm } from '../layout/confirm';
import { joined } from '../shared/two-lines';
import { useAct } from '../shared/use-act';
import { Button } from '../ui/button';

interface ProxyActionsProps {
  readonly item: ProxyItem;
  readonly onGone: () => void;
}

/** To test, to switch off or on, and to delete. */
export function ProxyActions({ item, onGone }: ProxyActionsProps) {
  const t = useTranslations('proxies');
  const { busy, isDisabled, test, toggle, remove } = useProxyActions(item, onGone);
  return (
    <div className="flex flex-wrap gap-1.5">
      <Button size="sm" needs="proxies.test" isBusy={busy === 'test'} onClick={() => void test()}>
        <ShieldCheck aria-hidden />
        {t('test')}
      </Button>
      <Button size="sm" needs="proxies.update" isBusy={busy === 'enable'} onClick={() => void toggle()}>
        {isDisabled ? <Power aria-hidden /> : <Ban aria-hidden />}
        {isDisabled ? t('enable') : t('disable')}
      </Button>
      <Button
        size="sm"
        look="dangerGhost"
        needs="proxies.delete"
        isBusy={busy === 'delete'}
        onClick={() => void remove()}
      >
        <Trash2 aria-hidden />
        {t('delete')}
      </Button>
    </div>
  );
}

function useProxyActions(item: ProxyItem, onGone: () => void) {
  const t = useTranslations('proxies');
  const client = useQueryClient();
  const confirm = useConfirm();
  const act = useAct();
  const [busy, setBusy] = useState('');
  const isDisabled = item.status === 'disabled_auto' || item.status === 'disabled_manual';

  const run = async (name: string, work: () => Promise<ProxyItem | undefined>) => {
    setBusy(name);
    const changed = await act(work, t('actionFailed'));
    if (changed !== undefined) client.setQueryData(proxyQuery(changed.id).queryKey, answered(changed));
    setBusy('');
    await client.invalidateQueries({ queryKey: proxiesKey });
  };
  const test = () =>
    run('test', async () => {
      const { ok, latencyMs, error, tried, proxy } = await testProxy(item.id);
      const addresses = isolatedList(tried.map(({ address }) => address));
      const where = addresses === '' ? '' : t('tried', { addresses });
      if (ok) toast.success(t('testGood', { time: formatDuration(latencyMs ?? 0) }), { description: where });
      else toast.error(t('testBad'), { description: joined(error, where) });
      return proxy;
    });
  const remove = () =>
    run('delete', async () => {
      const isSure = await confirm({
        title: t('deleteTitle', { count: 1 }),
        text: t('deleteText'),
        action: t('delete'),
        isDangerous: true,
      });
      if (!isSure) return undefined;
      await deleteProxy(item.id);
      onGone();
      return undefined;
    });
  const toggle = () => run('enable', () => updateProxy(item.id, { enabled: isDisabled }));
  return { busy, isDisabled, test, toggle, remove };
}
