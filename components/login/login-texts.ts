import type { useTranslations } from 'next-intl';

/** Stands in `locked` for the time that is left. */
export const WAIT = '{time}';

const NAMES = ['token', 'hint', 'show', 'hide', 'submit', 'expired', 'wrong', 'unreachable'] as const;

export type LoginTexts = Readonly<Record<(typeof NAMES)[number] | 'locked', string>>;

/** The words of the form, as the server has them: so that the page needs neither all messages nor what formats them. */
export function loginTexts(t: ReturnType<typeof useTranslations<'login'>>): LoginTexts {
  const texts = Object.fromEntries(NAMES.map((name) => [name, t(name)])) as Record<
    (typeof NAMES)[number],
    string
  >;
  return { ...texts, locked: t('locked', { time: WAIT }) };
}
