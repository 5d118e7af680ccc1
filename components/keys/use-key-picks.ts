'use client';
import type { KeyFilter } from '@/lib/admin/contract/keys';
import { KEYS_PAGE_SIZE, type KeyList } from './use-key-list';
import { countOf, useKeySelection } from './use-key-selection';

export type KeyPicks = ReturnType<typeof useKeyPicks>;

/** What is selected in a list, one by one or all at once. */
export function useKeyPicks(filter: KeyFilter, { rowAt, total }: KeyList) {
  const picks = useKeySelection(JSON.stringify(filter), rowAt);
  const { selection, select, clear } = picks;
  const count = countOf(selection);

  /** Every key that passes the filter, seen or not. */
  const selectMatching = () => select({ kind: 'filter', filter, count: total });
  const toggleAll = () => {
    if (count > 0) clear();
    else if (total <= KEYS_PAGE_SIZE) {
      const loaded = Array.from({ length: total }, (_, index) => rowAt(index)?.id);
      select({ kind: 'ids', ids: new Set(loaded.filter((id) => id !== undefined)) });
    } else selectMatching();
  };
  return { ...picks, count, isAllSelected: count > 0 && count >= total, selectMatching, toggleAll };
}
