'use client';
import { X } from 'lucide-react';
import { useTranslations } from '@/i18n/use-translations';
import { Button } from '../ui/button';

/** A filter that came from a link, and how to be rid of it. */
export function Chip({ label, onRemove }: { readonly label: string; readonly onRemove: () => void }) {
  const t = useTranslations('common');
  return (
    <span className="inline-flex h-8 max-w-full items-center gap-1 rounded-md bg-accent-soft pr-1 pl-2.5 text-xs font-medium text-accent">
      <span className="truncate">{label}</span>
      <Button
        look="ghost"
        size="iconSm"
        className="size-6"
        aria-label={t('remove', { what: label })}
        onClick={onRemove}
      >
        <X aria-hidden />
      </Button>
    </span>
  );
}
