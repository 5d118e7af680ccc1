'use client';
import { useTranslations } from '@/i18n/use-translations';
import { ImportPreview } from '../keys/import-preview';
import { KeysText } from '../keys/keys-text';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { AddressDoubt } from './address-doubt';
import { GuideCardChoice } from './guide-card-choice';
import { useGuideKeys, type GuideKeysProps, type GuideKeysState } from './use-guide-keys';

/** Whose keys, and the keys: added and tested with one click. What was typed stays until it is saved. */
export function GuideKeys(props: GuideKeysProps) {
  const common = useTranslations('common');
  const form = useGuideKeys(props);
  const { card, cards, isGone, problem, doubt } = form;
  const { guide, step } = props;
  return (
    <form
      className="grid min-w-0 gap-4"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        form.submit();
      }}
    >
      <GuideCardChoice cards={cards} chosen={isGone ? '' : card.id} onChoose={form.choose} />
      {isGone && (
        <p role="alert" className="rounded-md bg-warn-soft px-3 py-2 text-sm break-words text-warn">
          {common('goneChoice', { name: guide.place.card.replace(/^\w+:/, '') })}
        </p>
      )}
      {card.baseUrl === '' ? (
        <OwnAddress
          isAzure={card.preset === 'azure'}
          address={guide.place.address}
          isWrong={form.isAddressWrong}
          onChange={form.changeAddress}
        />
      ) : (
        <p className="-mt-2 truncate font-mono text-xs text-ink-faint">{card.baseUrl}</p>
      )}
      <KeysText
        text={step.text}
        onChange={step.setText}
        isFocused={card.baseUrl !== ''}
        {...(problem === undefined ? {} : { error: problem })}
      />
      <ImportPreview preview={form.preview} takesOdd={form.takesOdd} onTakeOdd={form.setTakesOdd} />
      {doubt !== undefined && (
        <AddressDoubt
          check={doubt}
          isBusy={form.isAdding}
          onUse={form.takeAddress}
          onKeep={() => form.submit({ isSure: true })}
        />
      )}
      <AddButton form={form} />
    </form>
  );
}

interface OwnAddressProps {
  /** The address of a resource is asked for, without a path. */
  readonly isAzure: boolean;
  readonly address: string;
  readonly isWrong: boolean;
  readonly onChange: (address: string) => void;
}

function OwnAddress({ isAzure, address, isWrong, onChange }: OwnAddressProps) {
  const t = useTranslations('overview.firstRun');
  return (
    <Field
      label={t('address')}
      hint={t(isAzure ? 'azureHint' : 'addressHint')}
      {...(isWrong ? { error: t('addressWrong') } : {})}
    >
      {(control) => (
        <Input
          {...control}
          className="font-mono text-xs"
          placeholder={isAzure ? 'https://my-resource.openai.azure.com' : 'https://api.example.com/v1'}
          inputMode="url"
          autoFocus
          spellCheck={false}
          autoComplete="off"
          value={address}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

function AddButton({ form }: { readonly form: GuideKeysState }) {
  const t = useTranslations('overview.firstRun');
  const count = form.preview.report?.added ?? 0;
  return (
    <Button
      type="submit"
      look="primary"
      className="justify-self-end"
      needs="keys.import"
      isBusy={form.isAdding}
      disabled={!form.canAdd}
    >
      {count === 0 ? t('add') : t('addCount', { count })}
    </Button>
  );
}
