'use client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import type { PricedModelItem } from '@/lib/admin/contract/prices';
import { ownPricesIn, pricesKey, type OwnPriceEntry } from '@/lib/client/prices';
import { settingsKey, settingsQuery, updateSettings } from '@/lib/client/settings';
import { useErrorText } from '../shared/use-error-text';
import { Button } from '../ui/button';
import { Checkbox } from '../ui/checkbox';
import { Dialog } from '../ui/dialog';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { Skeleton } from '../ui/skeleton';
import {
  AMOUNT_MAX,
  amountIn,
  draftOf,
  keptFields,
  PRICE_FIELDS,
  pricesWith,
  type PriceDraft,
  type PriceTexts,
} from './price-draft';

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

const COLUMNS = { input: 'input', cached_input: 'cachedInput', output: 'output' } as const;

interface PriceFormProps extends FormProps {
  readonly all: readonly OwnPriceEntry[];
  readonly revision: number;
}

function PriceForm({ item, onClose, all, revision }: PriceFormProps) {
  const t = useTranslations('prices');
  const draft = draftOf(item, all);
  const [texts, setTexts] = useState<PriceTexts>(draft.texts);
  const [isAlone, setAlone] = useState(false);
  const save = useSavePrices(revision, onClose);
  const changed = pricesWith(all, draft, texts, isAlone ? item : undefined);
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (changed !== undefined) save.mutate(changed);
      }}
    >
      <p className="text-sm [overflow-wrap:anywhere]">
        <span className="font-mono text-xs">{item.model}</span>{' '}
        <span className="text-ink-soft">{t('at', { provider: item.provider })}</span>
      </p>
      <RateFields texts={texts} onChange={setTexts} />
      <DraftNotes draft={draft} />
      {draft.isPattern && <Alone isAlone={isAlone} onChange={setAlone} />}
      <Problem error={save.error} />
      <span className="flex flex-wrap justify-end gap-2">
        {draft.place !== undefined && !isAlone && (
          <Button
            look="ghost"
            needs="settings.update"
            isBusy={save.isPending}
            onClick={() => save.mutate(all.filter((_entry, place) => place !== draft.place))}
          >
            {t('remove')}
          </Button>
        )}
        <Button
          type="submit"
          look="primary"
          needs="settings.update"
          isBusy={save.isPending}
          disabled={changed === undefined}
        >
          {t('save')}
        </Button>
      </span>
    </form>
  );
}

interface RateFieldsProps {
  readonly texts: PriceTexts;
  readonly onChange: (texts: PriceTexts) => void;
}

function RateFields({ texts, onChange }: RateFieldsProps) {
  const t = useTranslations('prices');
  return PRICE_FIELDS.map((field, index) => (
    <Field
      key={field}
      label={t(`columns.${COLUMNS[field]}`)}
      {...(index === 0 ? { hint: t('perMillion') } : {})}
      {...(amountIn(texts[field]) === undefined ? { error: t('noAmount', { max: AMOUNT_MAX }) } : {})}
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

/** What is kept although the form does not show it, what will not hold any more, and whom else it is about. */
function DraftNotes({ draft }: { readonly draft: PriceDraft }) {
  const t = useTranslations('prices');
  const kept = keptFields(draft).map(([field, value]) => `${field} ${value}`);
  const { provider, model } = draft.entry;
  const notes = [
    ...(draft.isPattern ? [t('setFor', { model, provider: provider ?? '*' })] : []),
    ...(kept.length > 0 ? [t('kept', { fields: kept.join(', ') })] : []),
    ...(draft.losesSteps ? [t('losesSteps')] : []),
    ...(draft.place === undefined ? [t('becomesOwn')] : []),
  ];
  return notes.map((note) => (
    <p key={note} className="text-xs text-ink-soft [overflow-wrap:anywhere]">
      {note}
    </p>
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

function Problem({ error }: { readonly error: Error | null }) {
  const errorText = useErrorText();
  if (error === null) return null;
  return (
    <p role="alert" className="text-sm text-bad">
      {errorText(error)}
    </p>
  );
}

interface AloneProps {
  readonly isAlone: boolean;
  readonly onChange: (isAlone: boolean) => void;
}

function Alone({ isAlone, onChange }: AloneProps) {
  const t = useTranslations('prices');
  return (
    <label className="flex items-center gap-2 text-sm">
      <Checkbox checked={isAlone} onCheckedChange={(checked) => onChange(checked === true)} />
      {t('alone')}
    </label>
  );
}
