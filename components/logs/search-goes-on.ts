import { LOG_PAGE_SIZE, type LogPage } from '../../lib/client/logs';

/** So often a search goes on by itself: for some ten seconds. */
const SEARCHES_AT_ONCE = 50;

/**
 * Whether a search that was cut short goes on by itself: it has not found enough to fill the list, and has not gone on
 * for long since a person has asked for it.
 */
export function goesOnSearching(pages: readonly Pick<LogPage, 'items' | 'searchedTo'>[]): boolean {
  const cut = pages.slice(pages.findLastIndex(({ searchedTo }) => searchedTo === null) + 1);
  const found = cut.reduce((sum, { items }) => sum + items.length, 0);
  return cut.length % SEARCHES_AT_ONCE > 0 && found < LOG_PAGE_SIZE;
}
