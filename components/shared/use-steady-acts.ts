'use client';
import { useSteady } from './use-steady';
import type { VirtualTableProps } from './virtual-table-props';

export interface RowActs<T> {
  /** Undefined where rows do not open. */
  readonly onOpen: ((row: T) => void) | undefined;
  readonly onToggle: (row: T, index: number, isRange: boolean) => void;
}

/** What pressing a row does. Rows always get the same functions, so that they are not drawn again. */
export function useSteadyActs<T>({ onOpen, onToggle }: VirtualTableProps<T>): RowActs<T> {
  const open = useSteady((row: T) => onOpen?.(row));
  const toggle = useSteady((row: T, index: number, isRange: boolean) => onToggle?.(row, index, isRange));
  return { onOpen: onOpen && open, onToggle: toggle };
}
