import en from '../messages/en.json';
import zh from '../messages/zh.json';
import type { Locale } from './locale';

const messages: Record<Locale, typeof en> = { en, zh };

export function messagesOf(locale: Locale): typeof en {
  return messages[locale];
}
