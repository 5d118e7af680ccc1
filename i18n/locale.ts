export const locales = ['en', 'zh'] as const;
export type Locale = (typeof locales)[number];
export const LOCALE_COOKIE = 'locale';
export const localeNames: Readonly<Record<Locale, string>> = { en: 'English', zh: '中文' };

const YEAR_S = 365 * 24 * 3600;

/** In the browser, for a year. */
export function rememberLocale(locale: Locale): void {
  document.cookie = `${LOCALE_COOKIE}=${locale}; path=/; max-age=${YEAR_S}; samesite=lax`;
}

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
