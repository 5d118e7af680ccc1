'use client';
import dynamic from 'next/dynamic';
import type { ReactNode } from 'react';
import type { Locale } from '@/i18n/locale';

export interface TextsProps {
  readonly timeZone: string;
  readonly children: ReactNode;
}

const TextsEn = dynamic(() => import('./texts-en').then((module) => module.TextsEn));
const TextsZh = dynamic(() => import('./texts-zh').then((module) => module.TextsZh));

/** The texts in one language, from a file that the browser keeps: they are too many to be sent with each page. */
export function Texts({ locale, ...props }: TextsProps & { readonly locale: Locale }) {
  return locale === 'zh' ? <TextsZh {...props} /> : <TextsEn {...props} />;
}
