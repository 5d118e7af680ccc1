import type { useTranslations } from 'next-intl';

/** Stands in `locked` for the time that is left. */
export const WAIT = '{time}';

/** The words of the form, as the server has them: so that the page needs neither all messages nor what formats them. */
export function loginTexts(t: ReturnType<typeof useTranslations<'login'>>) {
  return {
    token: t('token'),
    hint: t('hint'),
    show: t('show'),
    hide: t('hide'),
    submit: t('submit'),
    expired: t('expired'),
    wrong: t('wrong'),
    unreachable: t('unreachable'),
    locked: t('locked', { time: WAIT }),
  } as const;
}

export type LoginTexts = ReturnType<typeof loginTexts>;
