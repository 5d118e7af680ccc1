import type { Locale } from './locale';
import type { Messages as AllMessages } from './messages-en';

declare module 'next-intl' {
  interface AppConfig {
    Locale: Locale;
    Messages: AllMessages;
  }
}
