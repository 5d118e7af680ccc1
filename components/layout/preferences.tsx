'use client';
import { Languages, SunMoon } from 'lucide-react';
import { useLocale } from 'next-intl';
import { useTheme } from 'next-themes';
import { useTranslations } from '@/i18n/use-translations';
import { localeNames, type Locale } from '@/i18n/locale';
import { Button } from '../ui/button';
import { Menu, MenuChoice } from '../ui/dropdown-menu';
import { useSpeak } from './use-speak';

export function ThemeMenu() {
  const t = useTranslations('layout');
  const { theme = 'system', setTheme } = useTheme();
  const options = (['system', 'light', 'dark'] as const).map((value) => ({
    value,
    label: t(`themes.${value}`),
  }));
  return (
    <Menu
      trigger={
        <Button look="ghost" size="icon" aria-label={t('theme')}>
          <SunMoon aria-hidden />
        </Button>
      }
    >
      <MenuChoice label={t('theme')} value={theme} options={options} onChange={setTheme} />
    </Menu>
  );
}

export function LanguageMenu() {
  const t = useTranslations('layout');
  const locale = useLocale();
  const speak = useSpeak();
  return (
    <Menu
      trigger={
        <Button look="ghost" size="icon" aria-label={t('language')}>
          <Languages aria-hidden />
        </Button>
      }
    >
      <MenuChoice
        label={t('language')}
        value={locale}
        options={Object.entries(localeNames).map(([value, label]) => ({ value: value as Locale, label }))}
        onChange={(next) => void speak(next)}
      />
    </Menu>
  );
}
