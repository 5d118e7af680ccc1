'use client';
import { ArrowUp, X } from 'lucide-react';
import { useProviderChoices } from '../shared/use-provider-choices';
import { useTranslations } from '@/i18n/use-translations';
import { Button } from '../ui/button';
import { Select } from '../ui/select';
import type { ProviderPartProps } from './provider-draft';

interface FallbackFieldsProps extends ProviderPartProps {
  readonly ownSlug: string | undefined;
}

/** The providers that are asked, in order, when this one cannot answer. */
export function FallbackFields({ fields, set, wrong, ownSlug }: FallbackFieldsProps) {
  const t = useTranslations('providers');
  const { fallbacks } = fields;
  const common = useTranslations('common');
  const providers = useProviderChoices().options;
  const others = providers.filter(({ value }) => value !== ownSlug && !fallbacks.includes(value));
  const gone =
    providers.length === 0
      ? undefined
      : fallbacks.find((slug) => !providers.some(({ value }) => value === slug));
  const { error = gone && common('goneChoice', { name: gone }) } = wrong('fallbacks');
  const moveUp = (index: number) => {
    const order = [...fallbacks];
    const [moved] = order.splice(index, 1);
    if (moved !== undefined) order.splice(index - 1, 0, moved);
    set({ fallbacks: order });
  };
  return (
    <div className="grid gap-2">
      <p className="text-xs text-ink-soft">{t('hints.fallbacks')}</p>
      {fallbacks.length > 0 && (
        <ol className="grid gap-1">
          {fallbacks.map((slug, index) => (
            <FallbackRow
              key={slug}
              slug={slug}
              number={index + 1}
              onMoveUp={() => moveUp(index)}
              onRemove={() => set({ fallbacks: fallbacks.filter((one) => one !== slug) })}
            />
          ))}
        </ol>
      )}
      {others.length > 0 && (
        <Select
          className="w-auto justify-self-start"
          aria-label={t('addFallback')}
          value=""
          options={[{ value: '', label: t('addFallback') }, ...others]}
          onChange={(slug) => slug !== '' && set({ fallbacks: [...fallbacks, slug] })}
        />
      )}
      {error !== undefined && (
        <p role="alert" className="text-xs text-bad">
          {error}
        </p>
      )}
    </div>
  );
}

interface FallbackRowProps {
  readonly slug: string;
  readonly number: number;
  readonly onMoveUp: () => void;
  readonly onRemove: () => void;
}

function FallbackRow({ slug, number, onMoveUp, onRemove }: FallbackRowProps) {
  const t = useTranslations('providers');
  return (
    <li className="flex items-center gap-2 rounded-md bg-sunken py-0.5 pr-1 pl-3">
      <span className="text-xs text-ink-faint">{number}</span>
      <span className="min-w-0 flex-1 truncate">{slug}</span>
      <Button
        look="ghost"
        size="iconSm"
        disabled={number === 1}
        aria-label={t('moveUp', { name: slug })}
        onClick={onMoveUp}
      >
        <ArrowUp aria-hidden />
      </Button>
      <Button look="ghost" size="iconSm" aria-label={t('removeFallback', { name: slug })} onClick={onRemove}>
        <X aria-hidden />
      </Button>
    </li>
  );
}
