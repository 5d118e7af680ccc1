'use client';
import { useState } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import type { ProviderItem } from '@/lib/admin/contract/providers';
import { ApiError } from '@/lib/client/api-error';
import { useImportPreview, type KeysPreview } from '../keys/use-import-preview';
import { useErrorText } from '../shared/use-error-text';
import { anyKeyOf, chosenCard, guideCards, isTyped, OWN, type GuideCard } from './guide-cards';
import { useAddKeys, type AddKeysInput } from './use-add-keys';
import type { Guide } from './use-guide-place';
import type { KeysStepState } from './use-keys-step';

export interface GuideKeysProps {
  readonly providers: readonly ProviderItem[];
  readonly guide: Guide;
  readonly step: KeysStepState;
}

export type GuideKeysState = ReturnType<typeof useGuideKeys>;

/** The state of the guide's form: provider, keys, preview and adding. */
export function useGuideKeys({ providers, guide: { place, remember }, step }: GuideKeysProps) {
  const t = useTranslations('overview.firstRun');
  const errorText = useErrorText();
  const { text, setText } = step;
  const [takesOdd, setTakesOdd] = useState(false);
  const cards = guideCards(providers, t('own'));
  const card = chosenCard(cards, providers, place.card);
  // Where keys go is not changed under the hands of whoever pastes them.
  const isGone = place.card !== '' && !cards.some(({ id }) => id === place.card);
  const preview = useImportPreview({ provider: card.provider ?? '', text, takesOdd });
  const add = useAddKeys(step.beginAdding);
  const isAddressWrong = add.error instanceof ApiError && add.error.fields.baseUrl !== undefined;

  const submit = (input: Partial<AddKeysInput> = {}) =>
    add.mutate({ card, address: place.address, text, takesOdd, isSure: false, ...input });
  const isAddressMissing = card.baseUrl === '' && place.address.trim() === '';
  return {
    cards,
    card,
    isGone,
    preview,
    takesOdd,
    setTakesOdd,
    isAddressWrong,
    /** An error that is not about the address. */
    problem: add.error === null || isAddressWrong ? step.failure : errorText(add.error),
    doubt: add.data?.kind === 'doubt' ? add.data.check : undefined,
    isAdding: add.isPending,
    canAdd: !isGone && !isAddressMissing && isReady(preview),
    submit,
    choose: ({ id }: GuideCard) => {
      add.reset();
      remember({ card: id });
      // What stands there for another card is no key of this one.
      if (isTyped(text)) return;
      const anyKey = anyKeyOf(id);
      setText(anyKey);
      setTakesOdd(anyKey !== '');
    },
    changeAddress: (address: string) => {
      add.reset();
      remember({ address });
    },
    /** Adds the keys at another address, which answers better. */
    takeAddress: (address: string) => {
      remember({ card: OWN, address });
      submit({ card: cards.find(({ id }) => id === OWN) ?? card, address });
    },
  };
}

/** There is a text, and the preview, if there is one, has found keys in it. */
function isReady({ report, isEmpty, isOfThisText }: KeysPreview): boolean {
  const hasKeys = report === undefined || report.added + report.existing > 0;
  return !isEmpty && isOfThisText && hasKeys;
}
