import en from '../messages/en.json';
import settingTextsZh from '../messages/settings.zh.json';
import zh from '../messages/zh.json';
import type { Locale } from './locale';

/** The API describes its settings in English; this is only what other languages add. */
interface SettingTexts {
  readonly groups: Readonly<Record<string, string>>;
  readonly descriptions: Readonly<Record<string, string>>;
  readonly units: Readonly<Record<string, string>>;
}

export type Messages = typeof en & { readonly settingTexts: SettingTexts };

const noTexts: SettingTexts = { groups: {}, descriptions: {}, units: {} };

const messages: Record<Locale, Messages> = {
  en: { ...en, settingTexts: noTexts },
  zh: { ...zh, settingTexts: settingTextsZh },
};

export function messagesOf(locale: Locale): Messages {
  return messages[locale];
}
