'use client';
import { Search } from 'lucide-react';
import { useTranslations } from '@/i18n/use-translations';
import { Button } from '../ui/button';
import { Kbd } from '../ui/kbd';
import { useIsMac } from './keyboard';

/** Opens the palette, and says how to do so by the keyboard. */
export function CommandButton({ onOpen }: { readonly onOpen: () => void }) {
  const t = useTranslations('commands');
  const isMac = useIsMac();
  return (
    <Button
      look="ghost"
      className="max-md:size-8 max-md:px-0"
      aria-label={t('open')}
      aria-keyshortcuts={isMac ? 'Meta+K' : 'Control+K'}
      onClick={onOpen}
    >
      <Search aria-hidden />
      <span aria-hidden className="max-md:hidden">
        <Kbd>{isMac ? '⌘K' : 'Ctrl K'}</Kbd>
      </span>
    </Button>
  );
}
