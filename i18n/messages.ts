import type en from '../messages/en.json';
import type { Locale } from './locale';
import { messagesEn } from './messages-en';
import { messagesZh } from './messages-zh';

/** The API describes its settings in English; this is only what other languages add. */
export interface SettingTexts {
  readonly groups: Readonly<Record<string, string>>;
  readonly descriptions: Readonly<Record<string, string>>;
  readonly units: Readonly<Record<string, string>>;
}

/** What the server says, by code and name. It says it in English itself; this is only what other languages add. */
type SaidTexts = Readonly<Record<string, Readonly<Record<string, string>>>>;

export type Messages = typeof en & { readonly settingTexts: SettingTexts; readonly said: SaidTexts };

const messages: Record<Locale, Messages> = { en: messagesEn, zh: messagesZh };

export function messagesOf(locale: Locale): Messages {
  return messages[locale];
}
