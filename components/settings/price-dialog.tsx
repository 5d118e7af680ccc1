'use client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import type { PricedModelItem } from '@/lib/admin/contract/prices';
import {
  ownPriceOf,
  ownPricesIn,
  pricesKey,
  withOwnPrice,
  withoutOwnPrice,
  type OwnPriceEntry,
} from '@/lib/client/prices';
import { settingsKey, settingsQuery, updateSettings } from '@/lib/client/settings';
import { useErrorText } from '../shared/use-error-text';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { Skeleton } from '../ui/skeleton';

interface PriceDialogProps {
  /** Undefined while it is closed. */
  readonly item: PricedModelItem | undefined;
  readonly onClose: () => void;
}

/** The price of one model at one provider. */
export function PriceDialog({ item, onClose }: PriceDialogProps) {
  const t = useTranslations('prices');
  return (
    <Dialog
      isOpen={item !== undefined}
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={t('editTitle')}
    >
      {item !== undefined && <LoadedForm item={item} onClose={onClose} />}
    </Dialog>
  );
}

type FormProps = { readonly item: PricedModelItem; readonly onClose: () => void };

function LoadedForm(props: FormProps) {
  const { data } = useQuery(settingsQuery);
  if (data === undefined) return <Skeleton className="h-40" />;
  const all = ownPricesIn(data.items.find(({ name }) => name === 'MODEL_PRICES')?.value);
  return <PriceForm {...props} all={all} revision={data.revision} />;
}

/** What most models are paid by; all other fields stand in the setting. */
const FIELDS = ['input', 'cached_input', 'output'] as const;
const CATALOGUE = { input: 'input', cached_input: 'cachedInput', output: 'output' } as const;
type Texts = Readonly<Record<(typeof FIELDS)[number], string>>;

interface PriceFormProps extends FormProps {
  readonly all: readonly OwnPriceEntry[];
  readonly revision: number;
}

function PriceForm({ item, onClose, all, revision }: PriceFormProps) {
  const t = useTranslations('prices');
  const errorText = useErrorText();
  const own = ownPriceOf(all, item.provider, item.model);
  const [texts, setTexts] = useState<Texts>(() => textsOf(item, own));
  const save = useSavePrices(revision, onClose);
  const price = entryOf(item, own, texts);
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (price !== undefined) save.mutate(withOwnPrice(all, price));
      }}
    >
      <p className="text-sm [overflow-wrap:anywhere]">
        <span className="font-mono text-xs">{item.model}</span>{' '}
        <span className="text-ink-soft">{t('at', { provider: item.provider })}</span>
      </p>
      <RateFields texts={texts} onChange={setTexts} />
      {save.error !== null && (
        <p role="alert" className="text-sm text-bad">
          {errorText(save.error)}
        </p>
      )}
      <span className="flex flex-wrap justify-end gap-2">
        {own !== undefined && (
          <Button
            look="ghost"
            isBusy={save.isPending}
            onClick={() => save.mutate(withoutOwnPrice(all, item.provider, item.model))}
          >
            {t('remove')}
          </Button>
        )}
        <Button type="submit" look="primary" isBusy={save.isPending} disabled={price === undefined}>
          {t('save')}
        </Button>
      </span>
    </form>
  );
}

interface RateFieldsProps {
  readonly texts: Texts;
  readonly onChange: (texts: Texts) => void;
}

function RateFields({ texts, onChange }: RateFieldsProps) {
  const t = useTranslations('prices');
  return FIELDS.map((field, index) => (
    <Field
      key={field}
      label={t(`columns.${CATALOGUE[field]}`)}
      {...(index === 0 ? { hint: t('perMillion') } : {})}
    >
      {(control) => (
        <Input
          {...control}
          inputMode="decimal"
          autoFocus={index === 0}
          value={texts[field]}
          onChange={(event) => onChange({ ...texts, [field]: event.target.value })}
        />
      )}
    </Field>
  ));
}

function useSavePrices(revision: number, onSaved: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (all: readonly OwnPriceEntry[]) => updateSettings(revision, { MODEL_PRICES: [...all] }),
    onSuccess: async () => {
      await Promise.all([settingsKey, pricesKey].map((queryKey) => client.invalidateQueries({ queryKey })));
      onSaved();
    },
  });
}

/** What holds now is what one begins with. */
function textsOf({ price }: PricedModelItem, own: OwnPriceEntry | undefined): Texts {
  const textOf = (field: (typeof FIELDS)[number]) =>
    String(own?.[field] ?? (own === undefined ? price?.[CATALOGUE[field]]?.base : undefined) ?? '');
  return { input: textOf('input'), cached_input: textOf('cached_input'), output: textOf('output') };
}

/** Undefined while it is no price. Fields that the form does not show stay as they were set. */
function entryOf(
  { provider, model }: PricedModelItem,
  own: OwnPriceEntry | undefined,
  texts: Texts,
): OwnPriceEntry | undefined {
  const kept = Object.entries(own ?? {}).filter(([field]) => !FIELDS.some((one) => one === field));
  const entry: Record<string, string | number | undefined> = { ...Object.fromEntries(kept), provider };
  let count = 0;
  for (const field of FIELDS) {
    const text = texts[field].trim().replace(',', '.');
    if (text === '') continue;
    const value = Number(text);
    if (!Number.isFinite(value) || value < 0) return undefined;
    entry[field] = value;
    count += 1;
  }
  return count === 0 ? undefined : { ...entry, model };
}
