'use client';
import { useCallback, useMemo, useState } from 'react';

export interface RowSelection<T> {
  /** By their ids. */
  readonly selected: ReadonlySet<string>;
  readonly isSelected: (row: T) => boolean;
  readonly toggle: (row: T) => void;
  readonly clear: () => void;
}

const none: ReadonlySet<string> = new Set();

/** Rows that a person has chosen, one by one. */
export function useRowSelection<T extends { readonly id: string }>(): RowSelection<T> {
  const [selected, setSelected] = useState(none);
  const isSelected = useCallback((row: T) => selected.has(row.id), [selected]);
  const toggle = useCallback((row: T) => {
    setSelected((before) => {
      const ids = new Set(before);
      if (!ids.delete(row.id)) ids.add(row.id);
      return ids;
    });
  }, []);
  const clear = useCallback(() => setSelected(none), []);
  return useMemo(() => ({ selected, isSelected, toggle, clear }), [selected, isSelected, toggle, clear]);
}
