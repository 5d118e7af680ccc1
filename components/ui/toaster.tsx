'use client';
import { useTheme } from 'next-themes';
import { Toaster as Sonner } from 'sonner';
import { useTranslations } from '@/i18n/use-translations';

export function Toaster() {
  const t = useTranslations('layout');
  const { resolvedTheme } = useTheme();
  return (
    // Sonner would give the focus back to what had it before a notice, wherever it has gone since: `keepFocus` does
    // that, and only when the focus is lost.
    <div onFocusCapture={(event) => event.stopPropagation()}>
      <Sonner
        theme={resolvedTheme === 'dark' ? 'dark' : 'light'}
        containerAriaLabel={t('notices')}
        position="bottom-right"
        offset={16}
        mobileOffset={{ bottom: 72 }}
        toastOptions={{
          classNames: {
            // Its height was taken when it came; the window may have become narrower since.
            toast:
              'data-[expanded=true]:!h-auto !gap-2 !rounded-lg !border-line !bg-surface !p-3 !text-sm !text-ink !shadow-high !font-sans',
            description: '!text-xs !text-ink-soft',
            actionButton: '!h-7 !bg-accent !px-2.5 !text-xs !text-accent-ink',
            success: '[&_[data-icon]]:text-good',
            error: '[&_[data-icon]]:text-bad',
          },
        }}
      />
    </div>
  );
}
