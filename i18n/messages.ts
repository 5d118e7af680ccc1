import type { Locale } from './locale';
import { messagesEn, type Messages } from './messages-en';
import { messagesZh } from './messages-zh';

const messages: Record<Locale, Messages> = { en: messagesEn, zh: messagesZh };

export function messagesOf(locale: Locale): Messages {
  return messages[locale];
}
