import type { PageName } from '../layout/pages';

/** The letter behind `g` that leads to a page. */
export const goLetters: Readonly<Partial<Record<PageName, string>>> = {
  overview: 'o',
  keys: 'k',
  providers: 'p',
  models: 'm',
  playground: 'y',
  proxies: 'x',
  logs: 'l',
  settings: 's',
};

export function pageOfLetter(letter: string): string | undefined {
  return Object.entries(goLetters).find(([, one]) => one === letter)?.[0];
}
