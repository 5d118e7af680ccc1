'use client';
import { NextIntlClientProvider } from 'next-intl';
import dynamic from 'next/dynamic';
import { use, type ReactNode } from 'react';
import type { Locale } from '@/i18n/locale';
import type { Messages } from '@/i18n/messages-en';

interface TextsProps {
  readonly locale: Locale;
  readonly timeZone: string;
  readonly children: ReactNode;
}

const loaders: Readonly<Record<Locale, () => Promise<Messages>>> = {
  en: () => import('@/i18n/messages-en').then(({ messagesEn }) => messagesEn),
  zh: () => import('@/i18n/messages-zh').then(({ messagesZh }) => messagesZh),
};

const nothing = () => null;
/** They only name the files in the head of the document, so that those come with the scripts and not after them. */
const announcements: Readonly<Record<Locale, ReturnType<typeof dynamic>>> = {
  en: dynamic(() => import('@/i18n/messages-en').then(() => nothing)),
  zh: dynamic(() => import('@/i18n/messages-zh').then(() => nothing)),
};

const loads = new Map<Locale, Promise<Messages>>();

/** The texts in one language. Rejects if their file cannot be had. */
export function loadTexts(locale: Locale): Promise<Messages> {
  const known = loads.get(locale);
  if (known !== undefined) return known;
  const load = loaders[locale]();
  loads.set(locale, load);
  load.catch(() => loads.delete(locale));
  return load;
}

/** The texts in one language, from a file that the browser keeps: they are too many to be sent with each page. */
export function Texts({ locale, timeZone, children }: TextsProps) {
  const messages = use(loadTexts(locale));
  const Announcement = announcements[locale];
  return (
    <NextIntlClientProvider locale={locale} messages={messages} timeZone={timeZone}>
      <Announcement />
      {children}
    </NextIntlClientProvider>
  );
}
