'use client';
import { defaultRangeExtractor, useVirtualizer, type Range } from '@tanstack/react-virtual';
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, type KeyboardEvent } from 'react';
import { cn } from '../ui/class-names';
import { isFocusLost } from '../ui/focus-place';
import { useActiveRow } from './use-active-row';
import { useElementWidth } from './use-element-width';
import { useScrollMemory } from './use-scroll-memory';
import type { VirtualTableProps } from './virtual-table-props';
import { NARROW_ROW_HEIGHT, narrowColumns, NARROW_WIDTH } from './virtual-table-narrow';
import { BodyRow, HEADER_HEIGHT, HeaderRow } from './virtual-table-rows';

/** What a screen may show, until the size of this one is known. */
const FIRST_RECT = { width: 1_000, height: 720 };

/**
 * A table of any length: only what is in sight is in the page, and the row that people are at. Arrow keys walk, Enter
 * opens, Space selects. The focus stays with its row, wherever that goes.
 */
export function VirtualTable<T>(props: VirtualTableProps<T>) {
  const { label, rowCount, onRange, resetKey } = props;
  const scroller = useRef<HTMLDivElement>(null);
  // People scroll a document before its scripts have come. What draws the rows would begin at the top again.
  const scrolledBefore = useRef(0);
  const attach = useCallback((element: HTMLDivElement | null) => {
    scroller.current = element;
    scrolledBefore.current = element?.scrollTop ?? 0;
  }, []);
  const width = useElementWidth(scroller);
  const { active, choose, forget } = useActiveRow(props);
  // A row far away is not in the page yet when one walks to it.
  const wantsFocus = useRef<number>(undefined);
  const { narrow } = props;
  const isNarrow = narrow !== undefined && width > 0 && width < NARROW_WIDTH;
  const rowHeight = isNarrow ? NARROW_ROW_HEIGHT : (props.rowHeight ?? 36);
  const columns = useMemo(
    () =>
      isNarrow
        ? narrowColumns(props.columns, narrow)
        : props.columns.filter((column) => width === 0 || width >= (column.minTableWidth ?? 0)),
    [props.columns, width, isNarrow, narrow],
  );
  // Rows always get the same functions, so that they are not drawn again.
  const latest = useRef(props);
  useLayoutEffect(() => void (latest.current = props));
  const open = useCallback((row: T) => latest.current.onOpen?.(row), []);
  const toggle = useCallback(
    (row: T, index: number, isRange: boolean) => latest.current.onToggle?.(row, index, isRange),
    [],
  );
  const keptIndex = active?.index;
  const rangeExtractor = useCallback(
    (range: Range) => {
      const inSight = defaultRangeExtractor(range);
      const isKept = keptIndex === undefined || keptIndex >= range.count || inSight.includes(keptIndex);
      return isKept ? inSight : [...inSight, keptIndex].sort((a, b) => a - b);
    },
    [keptIndex],
  );
  const virtualizer = useVirtualizer({
    count: rowCount,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    rangeExtractor,
    scrollMargin: 0,
    initialRect: FIRST_RECT,
    scrollPaddingStart: HEADER_HEIGHT,
  });
  useLayoutEffect(() => {
    if (scrolledBefore.current > 0) scroller.current?.scrollTo({ top: scrolledBefore.current });
  }, []);
  useLayoutEffect(() => virtualizer.measure(), [virtualizer, rowHeight]);
  const items = virtualizer.getVirtualItems();
  const { first, last } = endsOf(
    items.map(({ index }) => index),
    keptIndex,
  );
  useEffect(() => onRange?.(first, last), [onRange, first, last]);
  useLayoutEffect(() => {
    const index = wantsFocus.current;
    if (index === undefined) return;
    const isHere = isFocusLost() || scroller.current?.contains(document.activeElement) === true;
    if (!isHere) wantsFocus.current = undefined;
    const row = isHere ? scroller.current?.querySelector<HTMLElement>(`[data-index="${index}"]`) : null;
    row?.focus({ preventScroll: true });
    // What stands there until it comes gives way to it.
    if (row !== null && props.rowAt(index) !== undefined) wantsFocus.current = undefined;
  });
  useScrollMemory(scroller, `${label} ${resetKey}`);
  const shownKey = useRef(resetKey);
  useEffect(() => {
    if (shownKey.current === resetKey) return;
    shownKey.current = resetKey;
    scroller.current?.scrollTo({ top: 0 });
    wantsFocus.current = undefined;
    forget();
  }, [resetKey, forget]);

  const walk = (event: KeyboardEvent) => {
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 1);
    const steps: Record<string, number> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: -rowCount,
      End: rowCount,
    };
    const step = steps[event.key];
    const isOnRow = (event.target as HTMLElement).getAttribute('role') === 'row';
    if (step === undefined || !isOnRow || rowCount === 0) return;
    event.preventDefault();
    const next = Math.min(rowCount - 1, Math.max(0, (active?.index ?? 0) + step));
    const row = props.rowAt(next);
    wantsFocus.current = next;
    choose(next, row && props.rowId(row));
    virtualizer.scrollToIndex(next);
  };

  const tracks = columns.map((column) => column.track).join(' ');
  // The row that takes the focus when one tabs in has to be there.
  const tabIndexRow = active === undefined ? first : Math.min(active.index, rowCount - 1);
  const known = new Set<string>();
  return (
    <div
      ref={attach}
      className="min-h-0 flex-1 overflow-auto overscroll-contain"
      onKeyDown={walk}
      onScroll={(event) => props.onAway?.(event.currentTarget.scrollTop > 0)}
    >
      <div role="grid" aria-label={label} aria-rowcount={rowCount + 1} className="min-w-full">
        <HeaderRow {...props} columns={columns} tracks={tracks} />
        <div
          role="rowgroup"
          // Rows for wide screens until the width is known: a phone does not show those.
          className={cn('relative', width === 0 && 'max-md:invisible')}
          style={{ height: virtualizer.getTotalSize() }}
        >
          {items.map(({ index, start }) => {
            const row = props.rowAt(index);
            const id = row && props.rowId(row);
            // Pages that were asked for at different times may both hold a row.
            const isFirst = id !== undefined && (id === active?.id ? index === active.index : !known.has(id));
            if (id !== undefined) known.add(id);
            return (
              <BodyRow
                key={isFirst ? id : `${index} ${id ?? ''}`}
                id={id}
                row={row}
                columns={columns}
                tracks={tracks}
                index={index}
                top={start}
                height={rowHeight}
                isTabStop={index === tabIndexRow}
                isSelected={props.isSelected && row !== undefined ? props.isSelected(row) : undefined}
                isOpen={id !== undefined && props.openId === id}
                onActive={choose}
                onOpen={props.onOpen && open}
                onToggle={toggle}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}

/** The first and the last row that are drawn because they are in sight. */
function endsOf(indexes: readonly number[], kept: number | undefined): { first: number; last: number } {
  const inSight = indexes.filter((index, at) => {
    const hasNeighbour = indexes[at - 1] === index - 1 || indexes[at + 1] === index + 1;
    return index !== kept || hasNeighbour;
  });
  return { first: inSight[0] ?? kept ?? 0, last: inSight.at(-1) ?? kept ?? 0 };
}
