import { expect, it } from 'vitest';
import { goesOnSearching } from '../../../components/logs/search-goes-on';

const item = {} as never;
const cut = (found = 0) => ({ items: Array.from({ length: found }, () => item), searchedTo: 1 });
const full = { items: Array.from({ length: 100 }, () => item), searchedTo: null };
const times = <T>(count: number, page: T): T[] => Array.from({ length: count }, () => page);

it.each([
  ['after a page that is full', [full], false],
  ['after one that was cut short', [full, cut()], true],
  ['with some found', [full, cut(3), cut(40)], true],
  ['until the list has enough', [full, cut(60), cut(40)], false],
  ['until it has taken long', times(50, cut()), false],
  ['when a person has asked for more since', times(51, cut()), true],
  ['whatever was searched before the last full page', [...times(50, cut()), full, cut()], true],
])('a search goes on by itself %s: %s', (_name, pages, expected) => {
  expect(goesOnSearching(pages)).toBe(expected);
});
