export const locales = ['en', 'zh'] as const;
export type Locale = (typeof locales)[number];
export const LOCALE_COOKIE = 'locale';

/** The cookie's language if there is one, else the first of Accept-Language that we speak, else English. */
export function chooseLocale(cookie: string | undefined, acceptLanguage: string | null): Locale {
  const wanted = [cookie ?? '', ...(acceptLanguage ?? '').split(',')];
  for (const entry of wanted) {
    const language = entry.trim().slice(0, 2).toLowerCase();
    const locale = locales.find((name) => name === language);
    if (locale !== undefined) return locale;
  }
  return 'en';
}
