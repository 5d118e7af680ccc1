'use client';
import { ArrowUp, Plus, X } from 'lucide-react';
import { useTranslations } from '@/i18n/use-translations';
import { useProviderChoices } from '../shared/use-provider-choices';
import { Button } from '../ui/button';
import { Input } from '../ui/input';
import { Select } from '../ui/select';
import { newTarget, type TargetDraft } from './route-draft';

interface TargetFieldsProps {
  readonly targets: readonly TargetDraft[];
  readonly onChange: (targets: readonly TargetDraft[]) => void;
}

/** Whom a route asks, and how much each gets. */
export function TargetFields({ targets, onChange }: TargetFieldsProps) {
  const t = useTranslations('models');
  const { options } = useProviderChoices();
  const moveUp = (index: number) => {
    const order = [...targets];
    order.splice(index - 1, 0, ...order.splice(index, 1));
    onChange(order);
  };
  return (
    <div className="grid gap-2">
      <p className="text-xs text-ink-faint">{t('hints.targets')}</p>
      <ol className="grid gap-2">
        {targets.map((target, index) => (
          <TargetRow
            key={index}
            target={target}
            number={index + 1}
            onChange={(patch) => onChange(targets.with(index, { ...target, ...patch }))}
            onMoveUp={() => moveUp(index)}
            onRemove={() => onChange(targets.filter((_, at) => at !== index))}
          />
        ))}
      </ol>
      <Button
        size="sm"
        className="justify-self-start"
        onClick={() => onChange([...targets, newTarget(options[0]?.value ?? '', targets.at(-1)?.tier)])}
      >
        <Plus aria-hidden />
        {t('addTarget')}
      </Button>
    </div>
  );
}

interface TargetRowProps {
  readonly target: TargetDraft;
  readonly number: number;
  readonly onChange: (patch: Partial<TargetDraft>) => void;
  readonly onMoveUp: () => void;
  readonly onRemove: () => void;
}

function TargetRow({ target, number, onChange, onMoveUp, onRemove }: TargetRowProps) {
  const t = useTranslations('models');
  const { options } = useProviderChoices(target.provider);
  return (
    <li className="grid grid-cols-[1fr_auto_auto] items-center gap-2 rounded-md bg-sunken p-2">
      <Select
        aria-label={t('fields.provider', { number })}
        value={target.provider}
        options={options}
        onChange={(provider) => onChange({ provider })}
      />
      <Button
        look="ghost"
        size="iconSm"
        disabled={number === 1}
        aria-label={t('moveTargetUp', { number })}
        onClick={onMoveUp}
      >
        <ArrowUp aria-hidden />
      </Button>
      <Button look="ghost" size="iconSm" aria-label={t('removeTarget', { number })} onClick={onRemove}>
        <X aria-hidden />
      </Button>
      <div className="col-span-3 grid grid-cols-2 gap-2 sm:grid-cols-[1fr_5.5rem_5.5rem]">
        <Input
          className="col-span-2 font-mono text-xs sm:col-span-1"
          aria-label={t('fields.model', { number })}
          placeholder={t('sameName')}
          value={target.model}
          onChange={(event) => onChange({ model: event.target.value })}
        />
        <NumberInput
          label={t('fields.weight', { number })}
          prefix={t('weight')}
          value={target.weight}
          onChange={(weight) => onChange({ weight })}
        />
        <NumberInput
          label={t('fields.tier', { number })}
          prefix={t('tierShort')}
          value={target.tier}
          onChange={(tier) => onChange({ tier })}
        />
      </div>
    </li>
  );
}

interface NumberInputProps {
  readonly label: string;
  readonly prefix: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function NumberInput({ label, prefix, value, onChange }: NumberInputProps) {
  return (
    <span className="flex items-center gap-1 text-xs text-ink-soft">
      <span aria-hidden>{prefix}</span>
      <Input
        aria-label={label}
        inputMode="decimal"
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    </span>
  );
}
