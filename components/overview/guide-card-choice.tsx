'use client';
import { useTranslations } from '@/i18n/use-translations';
import { cn } from '../ui/class-names';
import type { GuideCard } from './guide-cards';

interface GuideCardChoiceProps {
  readonly cards: readonly GuideCard[];
  readonly chosen: string;
  readonly onChoose: (card: GuideCard) => void;
}

export function GuideCardChoice({ cards, chosen, onChoose }: GuideCardChoiceProps) {
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
