'use client';
import { useCallback, useMemo, useState } from 'react';
import type { KeyFilter, KeyItem } from '@/lib/admin/contract/keys';
import { indexNear } from '../shared/index-near';

/** Keys by id, or every key that passes the filter, seen or not. */
export type KeySelection =
  | { readonly kind: 'ids'; readonly ids: ReadonlySet<string> }
  | { readonly kind: 'filter'; readonly filter: KeyFilter; readonly count: number };

/** So many keys may have come before the anchor. */
const REACH = 500;
/** Where a range begins. */
const noAnchor: { readonly index: number; readonly id: string | undefined } = { index: 0, id: undefined };
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
  const [state, setState] = useState({ filterName, selection: nothing, anchor: noAnchor });
  const selection = state.filterName === filterName ? state.selection : nothing;

  const select = useCallback(
    (next: KeySelection, anchor = noAnchor) => setState({ filterName, selection: next, anchor }),
    [filterName],
  );
  const clear = useCallback(() => select(nothing), [select]);

  const toggle = useCallback(
    (row: KeyItem, index: number, isRange: boolean) => {
      if (selection.kind === 'filter') return;
      const ids = new Set(selection.ids);
      const isOn = !ids.has(row.id);
      const start = isRange ? (startOf(state.anchor, index, rowAt) ?? index) : index;
      const from = Math.min(start, index);
      const to = Math.max(start, index);
      for (let at = from; at <= to; at += 1) {
        const id = rowAt(at)?.id;
        if (id !== undefined) ids[isOn ? 'add' : 'delete'](id);
      }
      select({ kind: 'ids', ids }, { index, id: row.id });
    },
    [selection, state, rowAt, select],
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

/** Keys come and go between the two presses: a range begins at its key, not where that was. */
function startOf(
  anchor: typeof noAnchor,
  index: number,
  rowAt: (index: number) => KeyItem | undefined,
): number | undefined {
  if (anchor.id === undefined) return anchor.index;
  const count = Math.max(anchor.index, index) + REACH;
  return indexNear(count, anchor.index, (at) => rowAt(at)?.id === anchor.id);
}
