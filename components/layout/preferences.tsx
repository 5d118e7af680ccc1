'use client';
import { Languages, SunMoon } from 'lucide-react';
import { useLocale, useTranslations } from 'next-intl';
import { useTheme } from 'next-themes';
import { useRouter } from 'next/navigation';
import { LOCALE_COOKIE, type Locale } from '@/i18n/locale';
import { Button } from '../ui/button';
import { Menu, MenuChoice } from '../ui/dropdown-menu';

const YEAR_S = 365 * 24 * 3600;

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
  const router = useRouter();
  const choose = (next: Locale) => {
    document.cookie = `${LOCALE_COOKIE}=${next}; path=/; max-age=${YEAR_S}; samesite=lax`;
    router.refresh();
  };
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
        options={[
          { value: 'en', label: 'English' },
          { value: 'zh', label: '中文' },
        ]}
        onChange={choose}
      />
    </Menu>
  );
}
