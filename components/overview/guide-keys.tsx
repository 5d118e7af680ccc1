'use client';
import { useState } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import type { ProviderItem } from '@/lib/admin/contract/providers';
import { ApiError } from '@/lib/client/api-error';
import { ImportPreview } from '../keys/import-preview';
import { KeysText } from '../keys/keys-text';
import { useImportPreview } from '../keys/use-import-preview';
import { useErrorText } from '../shared/use-error-text';
import { Button } from '../ui/button';
import { cn } from '../ui/class-names';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { AddressDoubt } from './address-doubt';
import { anyKeyOf, guideCards, isTyped, OWN, type GuideCard } from './guide-cards';
import type { GuidePlace } from './guide-memory';
import { useAddKeys, type AddKeysResult } from './use-add-keys';

interface GuideKeysProps {
  readonly providers: readonly ProviderItem[];
  readonly place: GuidePlace;
  /** What was pasted. */
  readonly text: string;
  readonly onText: (text: string) => void;
  /** Why the keys could not be added. */
  readonly failure: string | undefined;
  readonly onPlace: (patch: Partial<GuidePlace>) => void;
  readonly onAdded: (added: Extract<AddKeysResult, { kind: 'added' }>) => void;
}

/** Whose keys, and the keys: added and tested with one click. What was typed stays until it is saved. */
export function GuideKeys(props: GuideKeysProps) {
  const { providers, place, text, onText: setText, failure, onPlace, onAdded } = props;
  const t = useTranslations('overview.firstRun');
  const common = useTranslations('common');
  const errorText = useErrorText();
  const [takesOdd, setTakesOdd] = useState(false);
  const cards = guideCards(providers, t('own'));
  const isDefault = ({ provider }: GuideCard) =>
    providers.some(({ slug, isDefault: isFirst }) => isFirst && slug === provider);
  const card = cards.find(({ id }) => id === place.card) ?? cards.find(isDefault) ?? cards[0];
  // Where keys go is not changed under the hands of whoever pastes them.
  const isGone = place.card !== '' && !cards.some(({ id }) => id === place.card);
  const preview = useImportPreview(card?.provider ?? '', text, takesOdd);
  const add = useAddKeys(onAdded);
  if (card === undefined) return null;

  const { report } = preview;
  const fields = add.error instanceof ApiError ? add.error.fields : {};
  const addressError = fields.baseUrl;
  const otherError = add.error !== null && addressError === undefined ? errorText(add.error) : failure;
  const usable = report === undefined ? undefined : report.added + report.existing;
  const submit = (isSure: boolean, address = place.address) =>
    add.mutate({ card, address, text, takesOdd, isSure });
  const choose = ({ id }: GuideCard) => {
    add.reset();
    onPlace({ card: id });
    // What stands there for another card is no key of this one.
    if (isTyped(text)) return;
    const anyKey = anyKeyOf(id);
    setText(anyKey);
    setTakesOdd(anyKey !== '');
  };
  return (
    <form
      className="grid min-w-0 gap-4"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit(false);
      }}
    >
      <Cards cards={cards} chosen={isGone ? '' : card.id} onChoose={choose} />
      {isGone && (
        <p role="alert" className="rounded-md bg-warn-soft px-3 py-2 text-sm break-words text-warn">
          {common('goneChoice', { name: place.card.replace(/^\w+:/, '') })}
        </p>
      )}
      {card.id === OWN ? (
        <Field
          label={t('address')}
          hint={t('addressHint')}
          {...(addressError === undefined ? {} : { error: t('addressWrong') })}
        >
          {(control) => (
            <Input
              {...control}
              className="font-mono text-xs"
              placeholder="https://api.example.com/v1"
              inputMode="url"
              autoFocus
              spellCheck={false}
              autoComplete="off"
              value={place.address}
              onChange={(event) => {
                add.reset();
                onPlace({ address: event.target.value });
              }}
            />
          )}
        </Field>
      ) : (
        <p className="-mt-2 truncate font-mono text-xs text-ink-faint">{card.baseUrl}</p>
      )}
      <KeysText
        text={text}
        onChange={setText}
        isFocused={card.id !== OWN}
        {...(otherError === undefined ? {} : { error: otherError })}
      />
      <ImportPreview preview={preview} takesOdd={takesOdd} onTakeOdd={setTakesOdd} />
      {add.data?.kind === 'doubt' && (
        <AddressDoubt
          check={add.data.check}
          isBusy={add.isPending}
          onUse={(address) => {
            onPlace({ card: OWN, address });
            add.mutate({
              card: cards.find(({ id }) => id === OWN) ?? card,
              address,
              text,
              takesOdd,
              isSure: false,
            });
          }}
          onKeep={() => submit(true)}
        />
      )}
      <Button
        type="submit"
        look="primary"
        className="justify-self-end"
        isBusy={add.isPending}
        disabled={
          isGone ||
          text.trim() === '' ||
          usable === 0 ||
          !preview.isOfThisText ||
          (card.id === OWN && place.address.trim() === '')
        }
      >
        {report === undefined || report.added === 0 ? t('add') : t('addCount', { count: report.added })}
      </Button>
    </form>
  );
}

interface CardsProps {
  readonly cards: readonly GuideCard[];
  readonly chosen: string;
  readonly onChoose: (card: GuideCard) => void;
}

function Cards({ cards, chosen, onChoose }: CardsProps) {
  const t = useTranslations('overview.firstRun');
  return (
    <div
      role="group"
      aria-label={t('whose')}
      className="grid grid-cols-2 gap-1.5 sm:grid-cols-4 lg:grid-cols-5"
    >
      {cards.map((card) => (
        <button
          key={card.id}
          type="button"
          aria-pressed={card.id === chosen}
          onClick={() => onChoose(card)}
          className={cn(
            'min-w-0 truncate rounded-md border border-line px-2.5 py-2 text-left text-sm transition-colors hover:bg-sunken',
            card.id === chosen && 'border-accent bg-accent-soft font-medium text-accent hover:bg-accent-soft',
          )}
        >
          {card.name}
        </button>
      ))}
    </div>
  );
}
