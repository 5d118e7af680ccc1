import en from '../messages/en.json';
import saidZh from '../messages/said.zh.json';
import settingTextsZh from '../messages/settings.zh.json';
import zh from '../messages/zh.json';
import type { Locale } from './locale';

/** The API describes its settings in English; this is only what other languages add. */
interface SettingTexts {
  readonly groups: Readonly<Record<string, string>>;
  readonly descriptions: Readonly<Record<string, string>>;
  readonly units: Readonly<Record<string, string>>;
}

/** What the server says, by code and name. It says it in English itself; this is only what other languages add. */
type SaidTexts = Readonly<Record<string, Readonly<Record<string, string>>>>;

export type Messages = typeof en & { readonly settingTexts: SettingTexts; readonly said: SaidTexts };

const noTexts: SettingTexts = { groups: {}, descriptions: {}, units: {} };

const messages: Record<Locale, Messages> = {
  en: { ...en, settingTexts: noTexts, said: {} },
  zh: { ...zh, settingTexts: settingTextsZh, said: saidZh },
};

export function messagesOf(locale: Locale): Messages {
  return messages[locale];
}
