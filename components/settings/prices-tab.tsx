'use client';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { CircleDollarSign, RefreshCw } from 'lucide-react';
import { useState } from 'react';
import { toast } from 'sonner';
import { useTranslations } from '@/i18n/use-translations';
import type { PricedModelItem, PriceListAnswer } from '@/lib/admin/contract/prices';
import { formatCount } from '@/lib/client/format';
import { pricesKey, pricesQuery, updatePrices } from '@/lib/client/prices';
import { TimeAgo } from '../shared/time';
import { useAct } from '../shared/use-act';
import { useSaid } from '../shared/use-said';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { EmptyState } from '../ui/empty-state';
import { ErrorState } from '../ui/error-state';
import { SkeletonRows } from '../ui/skeleton';
import { PriceDialog } from './price-dialog';
import { PriceTable } from './price-table';

/** What models cost here, who says so, and how old that is. */
export function PricesTab() {
  const t = useTranslations('prices');
  const { data, error, refetch } = useQuery(pricesQuery);
  const [edited, setEdited] = useState<PricedModelItem>();
  return (
    <Card title={t('title')} bodyClassName="p-0" aside={data && <ListState list={data.list} />}>
      {data === undefined ? (
        error === null ? (
          <SkeletonRows rows={4} className="p-4" />
        ) : (
          <ErrorState error={error} onRetry={() => void refetch()} />
        )
      ) : data.items.length === 0 ? (
        <EmptyState icon={CircleDollarSign} title={t('empty')} />
      ) : (
        <PriceTable items={data.items} onEdit={setEdited} />
      )}
      <p className="border-t border-line px-4 py-2.5 text-xs text-ink-faint">{t('hint')}</p>
      <PriceDialog item={edited} onClose={() => setEdited(undefined)} />
    </Card>
  );
}

function ListState({ list }: { readonly list: PriceListAnswer }) {
  const t = useTranslations('prices');
  const said = useSaid();
  return (
    <span className="flex flex-wrap items-center gap-x-3 gap-y-1 text-xs text-ink-soft">
      <span>
        {t(`sources.${list.source}`)}, <TimeAgo at={list.at} />,{' '}
        {t('models', { count: formatCount(list.models) })}
      </span>
      {list.problem !== null && (
        <span className="text-bad">{t('problem', { why: said(list, 'problem') ?? '' })}</span>
      )}
      {list.source !== 'file' && <UpdateButton />}
    </span>
  );
}

function UpdateButton() {
  const t = useTranslations('prices');
  const client = useQueryClient();
  const act = useAct();
  const [isBusy, setBusy] = useState(false);
  const update = async () => {
    setBusy(true);
    const list = await act(updatePrices, t('updateFailed'));
    setBusy(false);
    if (list !== undefined) toast.success(t('updated', { count: formatCount(list.models) }));
    await client.invalidateQueries({ queryKey: pricesKey });
  };
  return (
    <Button size="sm" needs="prices.update" isBusy={isBusy} onClick={() => void update()}>
      <RefreshCw aria-hidden />
      {t('update')}
    </Button>
  );
}
