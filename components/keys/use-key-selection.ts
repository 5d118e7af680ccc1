'use client';
import { useCallback, useMemo, useState } from 'react';
import type { KeyFilter, KeyItem } from '@/lib/admin/contract/keys';

/** Keys by id, or every key that passes the filter, seen or not. */
export type KeySelection =
  | { readonly kind: 'ids'; readonly ids: ReadonlySet<string> }
  | { readonly kind: 'filter'; readonly filter: KeyFilter; readonly count: number };

const nothing: KeySelection = { kind: 'ids', ids: new Set() };

export function countOf(selection: KeySelection): number {
  return selection.kind === 'ids' ? selection.ids.size : selection.count;
}

/** As the API's bulk verbs take it. */
export function targetOf(selection: KeySelection): { ids: string[] } | { filter: KeyFilter } {
  return selection.kind === 'ids' ? { ids: [...selection.ids] } : { filter: selection.filter };
}

/** `filterName` stands for the filter: another one ends the selection. */
export function useKeySelection(filterName: string, rowAt: (index: number) => KeyItem | undefined) {
  const [state, setState] = useState({ filterName, selection: nothing, anchor: 0 });
  const selection = state.filterName === filterName ? state.selection : nothing;

  const select = useCallback(
    (next: KeySelection, anchor = 0) => setState({ filterName, selection: next, anchor }),
    [filterName],
  );
  const clear = useCallback(() => select(nothing), [select]);

  const toggle = useCallback(
    (row: KeyItem, index: number, isRange: boolean) => {
      if (selection.kind === 'filter') return;
      const ids = new Set(selection.ids);
      const isOn = !ids.has(row.id);
      const from = isRange ? Math.min(state.anchor, index) : index;
      const to = isRange ? Math.max(state.anchor, index) : index;
      for (let at = from; at <= to; at += 1) {
        const id = rowAt(at)?.id;
        if (id !== undefined) ids[isOn ? 'add' : 'delete'](id);
      }
      select({ kind: 'ids', ids }, index);
    },
    [selection, state.anchor, rowAt, select],
  );

  const isSelected = useCallback(
    (row: KeyItem) => selection.kind === 'filter' || selection.ids.has(row.id),
    [selection],
  );
  return useMemo(
    () => ({ selection, select, clear, toggle, isSelected }),
    [selection, select, clear, toggle, isSelected],
  );
}
