'use client';
import { useCallback, useLayoutEffect, useRef } from 'react';
import type { VirtualTableProps } from './virtual-table-props';

export interface RowActs<T> {
  /** Undefined where rows do not open. */
  readonly onOpen: ((row: T) => void) | undefined;
  readonly onToggle: (row: T, index: number, isRange: boolean) => void;
}

/** What pressing a row does. Rows always get the same functions, so that they are not drawn again. */
export function useSteadyActs<T>(props: VirtualTableProps<T>): RowActs<T> {
  const latest = useRef(props);
  useLayoutEffect(() => void (latest.current = props));
  const open = useCallback((row: T) => latest.current.onOpen?.(row), []);
  const toggle = useCallback(
    (row: T, index: number, isRange: boolean) => latest.current.onToggle?.(row, index, isRange),
    [],
  );
  return { onOpen: props.onOpen && open, onToggle: toggle };
}
