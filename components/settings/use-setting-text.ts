'use client';
import { useTranslations } from '@/i18n/use-translations';

interface SettingText {
  readonly group: (name: string) => string;
  readonly description: (name: string, english: string) => string;
  readonly unit: (unit: string) => string;
}

/** The API describes settings in English; where we have the words in the reader's language, those are shown. */
export function useSettingText(): SettingText {
  const t = useTranslations('settingTexts');
  const or = (key: string, english: string) => (t.has(key as never) ? t(key as never) : english);
  return {
    group: (name) => or(`groups.${name}`, name),
    description: (name, english) => or(`descriptions.${name}`, english),
    unit: (unit) => or(`units.${unit}`, unit),
  };
}
