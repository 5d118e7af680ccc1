'use client';
import { useLayoutEffect, useRef, type KeyboardEvent, type RefObject } from 'react';
import { hasModifier, letterOf } from '@/lib/client/shortcuts';
import { isFocusLost } from '../ui/focus-place';
import type { VirtualTableProps } from './virtual-table-props';

type Rows<T> = Pick<VirtualTableProps<T>, 'rowCount' | 'rowAt'>;

interface Options {
  readonly scroller: RefObject<HTMLElement | null>;
  readonly rowHeight: number;
  /** Where the walk goes on from. */
  readonly activeIndex: number;
  /** Makes the row the active one, and brings it into sight. */
  readonly onWalk: (index: number) => void;
}

/** Arrow keys, and `j` and `k`, walk from row to row, and the focus follows: a row far away is not in the page yet. */
export function useRowWalk<T>({ rowCount, rowAt }: Rows<T>, options: Options) {
  const { scroller, rowHeight, activeIndex, onWalk } = options;
  const wantsFocus = useRef<number>(undefined);
  useLayoutEffect(() => {
    const index = wantsFocus.current;
    if (index === undefined) return;
    const isHere = isFocusLost() || scroller.current?.contains(document.activeElement) === true;
    if (!isHere) wantsFocus.current = undefined;
    const row = isHere ? scroller.current?.querySelector<HTMLElement>(`[data-index="${index}"]`) : null;
    row?.focus({ preventScroll: true });
    // What stands there until it comes gives way to it.
    if (row !== null && rowAt(index) !== undefined) wantsFocus.current = undefined;
  });

  const walk = (event: KeyboardEvent) => {
    const pageRows = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 1);
    const step = stepsOf(rowCount, pageRows)[stepKeyOf(event)];
    const isOnRow = (event.target as HTMLElement).getAttribute('role') === 'row';
    if (step === undefined || !isOnRow || rowCount === 0) return;
    event.preventDefault();
    const next = Math.min(rowCount - 1, Math.max(0, activeIndex + step));
    wantsFocus.current = next;
    onWalk(next);
  };
  const stop = () => void (wantsFocus.current = undefined);
  return { walk, stop };
}

/** `j` and `k` stand for the arrows. */
function stepKeyOf(event: KeyboardEvent): string {
  const letter = hasModifier(event) ? undefined : letterOf(event);
  return letter === 'j' ? 'ArrowDown' : letter === 'k' ? 'ArrowUp' : event.key;
}

/** How many rows each key goes on. */
function stepsOf(rowCount: number, pageRows: number): Readonly<Record<string, number>> {
  return {
    ArrowDown: 1,
    ArrowUp: -1,
    PageDown: pageRows,
    PageUp: -pageRows,
    Home: -rowCount,
    End: rowCount,
  };
}
