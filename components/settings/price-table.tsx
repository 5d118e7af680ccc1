'use client';
import { Pencil } from 'lucide-react';
import { useTranslations } from '@/i18n/use-translations';
import type { PriceAnswer, PricedModelItem } from '@/lib/admin/contract/prices';
import { formatCount, formatPrice } from '@/lib/client/format';
import { Badge } from '../ui/badge';
import { Button } from '../ui/button';
import { Table, Td, Th, Tr } from '../ui/table';

interface PriceTableProps {
  readonly items: readonly PricedModelItem[];
  readonly onEdit: (item: PricedModelItem) => void;
}

const RATES = ['input', 'cachedInput', 'output'] as const;

export function PriceTable({ items, onEdit }: PriceTableProps) {
  const t = useTranslations('prices');
  const hasRequestPrices = items.some(({ price }) => (price?.request ?? null) !== null);
  return (
    <Table label={t('title')}>
      <thead>
        <tr>
          <Th>{t('columns.model')}</Th>
          {RATES.map((rate) => (
            <Th key={rate} className="text-right">
              {t(`columns.${rate}`)}
            </Th>
          ))}
          {hasRequestPrices && <Th className="text-right">{t('columns.request')}</Th>}
          <Th>{t('columns.source')}</Th>
          <Th className="text-right">{t('columns.requests')}</Th>
          <Th>
            <span className="sr-only">{t('edit')}</span>
          </Th>
        </tr>
      </thead>
      <tbody>
        {items.map((item) => (
          <PriceRow
            key={`${item.provider} ${item.model}`}
            item={item}
            hasRequestPrices={hasRequestPrices}
            onEdit={onEdit}
          />
        ))}
      </tbody>
    </Table>
  );
}

interface PriceRowProps {
  readonly item: PricedModelItem;
  /** Whether the table has a column for them. */
  readonly hasRequestPrices: boolean;
  readonly onEdit: (item: PricedModelItem) => void;
}

function PriceRow({ item, hasRequestPrices, onEdit }: PriceRowProps) {
  const t = useTranslations('prices');
  return (
    <Tr>
      <Td className="min-w-0">
        <span className="block font-mono text-xs break-words [overflow-wrap:anywhere]">{item.model}</span>
        <span className="block text-2xs text-ink-faint">{item.provider}</span>
      </Td>
      {RATES.map((rate) => (
        <Td key={rate} label={t(`columns.${rate}`)} className="text-right whitespace-nowrap">
          <RateText rate={item.price?.[rate] ?? null} />
        </Td>
      ))}
      {hasRequestPrices && (
        <Td label={t('columns.request')} className="text-right whitespace-nowrap">
          <RequestPrice price={item.price?.request ?? null} />
        </Td>
      )}
      <Td>
        <Source price={item.price} />
      </Td>
      <Td label={t('columns.requests')} className="text-right">
        {formatCount(item.requests)}
      </Td>
      <Td>
        <span className="flex justify-end">
          <Button
            look="ghost"
            size="iconSm"
            needs="settings.update"
            aria-label={t('editName', { model: item.model })}
            onClick={() => onEdit(item)}
          >
            <Pencil aria-hidden />
          </Button>
        </span>
      </Td>
    </Tr>
  );
}

function RequestPrice({ price }: { readonly price: number | null }) {
  return price === null ? <span className="text-ink-faint">–</span> : formatPrice(price);
}

/** With what it rises to for long prompts. */
function RateText({ rate }: { readonly rate: PriceAnswer['input'] }) {
  const t = useTranslations('prices');
  if (rate === null) return <span className="text-ink-faint">–</span>;
  const last = rate.steps.at(-1);
  return (
    <>
      {formatPrice(rate.base)}
      {last !== undefined && (
        <span className="block text-2xs text-ink-faint">
          {t('long', { rate: formatPrice(last.rate), above: formatCount(last.above) })}
        </span>
      )}
    </>
  );
}

function Source({ price }: { readonly price: PriceAnswer | null }) {
  const t = useTranslations('prices');
  if (price === null) return <Badge tone="warn">{t('unknown')}</Badge>;
  if (price.source === 'own') return <Badge tone="good">{t('own')}</Badge>;
  return (
    <span className="block text-xs text-ink-soft [overflow-wrap:anywhere]">
      {price.provider}: {price.model}
    </span>
  );
}
