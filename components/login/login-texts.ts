/** Stands in `locked` for the time that is left. */
export const WAIT = '{time}';

type Name =
  'token' | 'hint' | 'show' | 'hide' | 'submit' | 'expired' | 'wrong' | 'unreachable' | 'locked' | 'or';

/** The words of the form, as the server has them: so that the page needs neither all messages nor what formats them. */
export type LoginTexts = Readonly<Record<Name, string>>;
