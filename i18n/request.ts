import { getRequestConfig } from 'next-intl/server';
import { cookies, headers } from 'next/headers';
import { currentRuntime } from '@/lib/runtime/routes/current';
import { chooseLocale, LOCALE_COOKIE } from './locale';
import { messagesOf } from './messages';

export default getRequestConfig(async () => {
  const cookie = (await cookies()).get(LOCALE_COOKIE)?.value;
  const locale = chooseLocale(cookie, (await headers()).get('accept-language'));
  return { locale, messages: messagesOf(locale), timeZone: currentRuntime().timeZone };
});
