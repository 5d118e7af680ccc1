'use client';
import { useTheme } from 'next-themes';
import { useRouter } from 'next/navigation';
import { rememberLocale, localeNames, type Locale } from '@/i18n/locale';
import { useIsMounted } from '../shared/use-is-mounted';

const look =
  'h-8 rounded-md border border-transparent bg-transparent px-2 text-sm text-ink-soft hover:bg-sunken hover:text-ink';

/** The browser's own control: menus of the dashboard weigh more than all of this page. */
export function LanguageSelect({ label, locale }: { readonly label: string; readonly locale: Locale }) {
  const router = useRouter();
  return (
    <select
      className={look}
      aria-label={label}
      value={locale}
      onChange={(event) => {
        rememberLocale(event.target.value as Locale);
        router.refresh();
      }}
    >
      {Object.entries(localeNames).map(([value, name]) => (
        <option key={value} value={value} className="bg-surface text-ink">
          {name}
        </option>
      ))}
    </select>
  );
}

interface ThemeSelectProps {
  readonly label: string;
  readonly names: Readonly<Record<'system' | 'light' | 'dark', string>>;
}

export function ThemeSelect({ label, names }: ThemeSelectProps) {
  const { theme = 'system', setTheme } = useTheme();
  // Only the browser knows which one was chosen.
  const isMounted = useIsMounted();
  return (
    <select
      className={look}
      aria-label={label}
      value={isMounted ? theme : 'system'}
      onChange={(event) => setTheme(event.target.value)}
    >
      {Object.entries(names).map(([value, name]) => (
        <option key={value} value={value} className="bg-surface text-ink">
          {name}
        </option>
      ))}
    </select>
  );
}
