'use client';
import { useQueryClient } from '@tanstack/react-query';
import { Ban, Power, ShieldCheck, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { toast } from 'sonner';
import { useTranslations } from '@/i18n/use-translations';
import type { ProxyItem } from '@/lib/admin/contract/proxies';
import { isGone } from '@/lib/client/api-error';
import { answered } from '@/lib/client/asked';
import { formatCount, formatDuration } from '@/lib/client/format';
import { deleteProxy, proxiesKey, proxyQuery, testProxy, updateProxy } from '@/lib/client/proxies';
import { isolatedList } from '@/lib/client/isolated';
import { useConfirm } from '../layout/confirm';
import { BreakerBadge } from '../shared/breaker-badge';
import { Facts } from '../shared/facts';
import { GoneNotice } from '../shared/gone-notice';
import { useProxy } from '../shared/use-live-answers';
import { StatusCode } from '../shared/status-code';
import { TimeAgo } from '../shared/time';
import { joined } from '../shared/two-lines';
import { useAct } from '../shared/use-act';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { ErrorState } from '../ui/error-state';
import { SkeletonRows } from '../ui/skeleton';
import { ProxyForm } from './proxy-form';
import { ProxyStatusBadge } from './proxy-status';
import { useSaid } from '../shared/use-said';

interface ProxyDrawerProps {
  /** Empty while it is closed. */
  readonly id: string;
  readonly onClose: () => void;
}

export function ProxyDrawer({ id, onClose }: ProxyDrawerProps) {
  const t = useTranslations('proxies');
  const said = useSaid();
  const { data: item, error, refetch } = useProxy(id);
  const hasGone = isGone(error);
  return (
    <Dialog
      shape="sheet"
      isOpen={id !== ''}
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={
        item === undefined ? (
          t('columns.address')
        ) : (
          <span className="flex flex-wrap items-center gap-2">
            <span className="font-mono text-sm break-all">{item.address}</span>
            {!hasGone && <ProxyStatusBadge item={item} />}
          </span>
        )
      }
    >
      {hasGone ? (
        <GoneNotice of="proxy" onClose={onClose} />
      ) : item === undefined ? (
        error === null ? (
          <SkeletonRows />
        ) : (
          <ErrorState error={error} onRetry={() => void refetch()} />
        )
      ) : (
        <div className="grid gap-5">
          <ProxyActions item={item} onGone={onClose} />
          {(item.reason ?? item.lastError) !== null && (
            <p className="rounded-md bg-bad-soft px-3 py-2 text-sm break-words text-bad">
              {said(item, 'reason') || said(item, 'lastError')}
            </p>
          )}
          <ProxyFacts item={item} />
          <ProxyForm key={item.id} item={item} />
        </div>
      )}
    </Dialog>
  );
}

function ProxyFacts({ item }: { readonly item: ProxyItem }) {
  const t = useTranslations('proxies');
  return (
    <Facts
      facts={[
        {
          label: t('columns.latency'),
          value: item.latencyMs === null ? '–' : formatDuration(item.latencyMs),
        },
        { label: t('columns.checked'), value: <TimeAgo at={item.lastCheckedAt} /> },
        { label: t('facts.worked'), value: <TimeAgo at={item.lastWorkedAt} /> },
        { label: t('facts.failing'), value: <TimeAgo at={item.failingSince} /> },
        {
          label: t('facts.answer'),
          value: item.lastStatus === null ? '–' : <StatusCode status={item.lastStatus} />,
        },
        { label: t('facts.failures'), value: item.failures },
        { label: t('columns.keys'), value: formatCount(item.boundKeys) },
        { label: t('columns.inFlight'), value: formatCount(item.inFlight) },
        { label: t('facts.requests'), value: formatCount(item.requestCount) },
        { label: t('facts.errors'), value: formatCount(item.errorCount) },
        { label: t('facts.breaker'), value: <BreakerBadge breaker={item.breaker} /> },
      ]}
    />
  );
}

interface ProxyActionsProps {
  readonly item: ProxyItem;
  readonly onGone: () => void;
}

function ProxyActions({ item, onGone }: ProxyActionsProps) {
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

  return (
    <div className="flex flex-wrap gap-1.5">
      <Button size="sm" isBusy={busy === 'test'} onClick={() => void test()}>
        <ShieldCheck aria-hidden />
        {t('test')}
      </Button>
      <Button
        size="sm"
        isBusy={busy === 'enable'}
        onClick={() => void run('enable', () => updateProxy(item.id, { enabled: isDisabled }))}
      >
        {isDisabled ? <Power aria-hidden /> : <Ban aria-hidden />}
        {isDisabled ? t('enable') : t('disable')}
      </Button>
      <Button size="sm" look="dangerGhost" isBusy={busy === 'delete'} onClick={() => void remove()}>
        <Trash2 aria-hidden />
        {t('delete')}
      </Button>
    </div>
  );
}
