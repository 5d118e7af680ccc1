'use client';
import { ArrowRightLeft, ArrowUp, X } from 'lucide-react';
import { useProviderChoices } from '../shared/use-provider-choices';
import { useTranslations } from '@/i18n/use-translations';
import { Button } from '../ui/button';
import { Select } from '../ui/select';
import { PairRows } from './pair-rows';
import type { FallbackDraft, Pair, ProviderPartProps } from './provider-draft';

interface FallbackFieldsProps extends ProviderPartProps {
  readonly ownSlug: string | undefined;
}

/** The providers that are asked, in order, when this one cannot answer. */
export function FallbackFields({ fields, set, wrong, ownSlug }: FallbackFieldsProps) {
  const t = useTranslations('providers');
  const { fallbacks } = fields;
  const common = useTranslations('common');
  const providers = useProviderChoices().options;
  const others = providers.filter(
    ({ value }) => value !== ownSlug && !fallbacks.some(({ slug }) => slug === value),
  );
  const gone =
    providers.length === 0
      ? undefined
      : fallbacks.find(({ slug }) => !providers.some(({ value }) => value === slug))?.slug;
  const { error = gone && common('goneChoice', { name: gone }) } = wrong('fallbacks');
  return (
    <div className="grid gap-2">
      <p className="text-xs text-ink-soft">{t('hints.fallbacks')}</p>
      <FallbackList fallbacks={fallbacks} onChange={(changed) => set({ fallbacks: changed })} />
      {others.length > 0 && (
        <Select
          className="w-auto justify-self-start"
          aria-label={t('addFallback')}
          value=""
          options={[{ value: '', label: t('addFallback') }, ...others]}
          onChange={(slug) => slug !== '' && set({ fallbacks: [...fallbacks, { slug, models: [] }] })}
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

interface FallbackListProps {
  readonly fallbacks: readonly FallbackDraft[];
  readonly onChange: (fallbacks: readonly FallbackDraft[]) => void;
}

function FallbackList({ fallbacks, onChange }: FallbackListProps) {
  const moveUp = (index: number) => {
    const order = [...fallbacks];
    const [moved] = order.splice(index, 1);
    if (moved !== undefined) order.splice(index - 1, 0, moved);
    onChange(order);
  };
  if (fallbacks.length === 0) return null;
  return (
    <ol className="grid gap-1">
      {fallbacks.map((fallback, index) => (
        <FallbackRow
          key={fallback.slug}
          fallback={fallback}
          number={index + 1}
          onMoveUp={() => moveUp(index)}
          onModels={(models) =>
            onChange(fallbacks.map((one) => (one === fallback ? { ...one, models } : one)))
          }
          onRemove={() => onChange(fallbacks.filter((one) => one !== fallback))}
        />
      ))}
    </ol>
  );
}

interface FallbackRowProps {
  readonly fallback: FallbackDraft;
  readonly number: number;
  readonly onMoveUp: () => void;
  readonly onModels: (models: readonly Pair[]) => void;
  readonly onRemove: () => void;
}

function FallbackRow({ fallback, number, onMoveUp, onModels, onRemove }: FallbackRowProps) {
  const t = useTranslations('providers');
  const { slug, models } = fallback;
  return (
    <li className="rounded-md bg-sunken py-0.5 pr-1 pl-3">
      <div className="flex items-center gap-2">
        <span className="text-xs text-ink-faint">{number}</span>
        <span className="min-w-0 flex-1 truncate">{slug}</span>
        {models.length === 0 && (
          <Button
            look="ghost"
            size="iconSm"
            aria-label={t('fallbackModels.begin', { name: slug })}
            title={t('fallbackModels.begin', { name: slug })}
            onClick={() => onModels([{ name: '', value: '' }])}
          >
            <ArrowRightLeft aria-hidden />
          </Button>
        )}
        <Button
          look="ghost"
          size="iconSm"
          disabled={number === 1}
          aria-label={t('moveUp', { name: slug })}
          onClick={onMoveUp}
        >
          <ArrowUp aria-hidden />
        </Button>
        <Button
          look="ghost"
          size="iconSm"
          aria-label={t('removeFallback', { name: slug })}
          onClick={onRemove}
        >
          <X aria-hidden />
        </Button>
      </div>
      {models.length > 0 && <NamesThere fallback={fallback} onModels={onModels} />}
    </li>
  );
}

/** What models are called there: the name asked, and the name there. */
function NamesThere({ fallback, onModels }: Pick<FallbackRowProps, 'fallback' | 'onModels'>) {
  const t = useTranslations('providers.fallbackModels');
  const { slug, models } = fallback;
  return (
    <div className="py-2 pr-2">
      <PairRows
        pairs={models}
        onChange={onModels}
        texts={{
          title: t('title', { name: slug }),
          add: t('add'),
          name: t('asked'),
          value: (name) => t('there', { name }),
          remove: (name) => t('remove', { name }),
          placeholder: 'gpt-4o',
        }}
      />
    </div>
  );
}
