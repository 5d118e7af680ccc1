'use client';
import { NextIntlClientProvider } from 'next-intl';
import { messagesZh } from '@/i18n/messages-zh';
import type { TextsProps } from './texts';

export function TextsZh(props: TextsProps) {
  return <NextIntlClientProvider locale="zh" messages={messagesZh} {...props} />;
}
