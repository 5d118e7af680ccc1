'use client';
import { ArrowDown, ArrowUp } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import { Button } from '../ui/button';

/** Where a provider stands in the list, and how it gets to another place. */
export interface ProviderPlace {
  readonly isFirst: boolean;
  readonly isLast: boolean;
  readonly isMoving: boolean;
  readonly onMove: (step: -1 | 1) => void;
}

interface OrderButtonsProps {
  readonly name: string;
  readonly place: ProviderPlace;
}

export function OrderButtons({ name, place }: OrderButtonsProps) {
  const t = useTranslations('providers');
  const { isFirst, isLast, isMoving, onMove } = place;
  return (
    <div className="flex flex-col">
      <OrderButton label={t('moveUp', { name })} disabled={isFirst || isMoving} onClick={() => onMove(-1)}>
        <ArrowUp aria-hidden />
      </OrderButton>
      <OrderButton label={t('moveDown', { name })} disabled={isLast || isMoving} onClick={() => onMove(1)}>
        <ArrowDown aria-hidden />
      </OrderButton>
    </div>
  );
}

interface OrderButtonProps {
  readonly label: string;
  readonly disabled: boolean;
  readonly onClick: () => void;
  readonly children: ReactNode;
}

function OrderButton({ label, children, ...props }: OrderButtonProps) {
  return (
    <Button
      look="ghost"
      size="iconSm"
      className="h-6"
      needs="providers.reorder"
      aria-label={label}
      {...props}
    >
      {children}
    </Button>
  );
}
