'use client';
import { NextIntlClientProvider } from 'next-intl';
import { messagesEn } from '@/i18n/messages-en';
import type { TextsProps } from './texts';

export function TextsEn(props: TextsProps) {
  return <NextIntlClientProvider locale="en" messages={messagesEn} {...props} />;
}
