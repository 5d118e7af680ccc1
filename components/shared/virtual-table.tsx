'use client';
import { useVirtualizer } from '@tanstack/react-virtual';
import {
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
} from 'react';
import { cn } from '../ui/class-names';
import { useElementWidth } from './use-element-width';
import { useScrollMemory } from './use-scroll-memory';
import type { VirtualTableProps } from './virtual-table-props';
import { NARROW_ROW_HEIGHT, narrowColumns, NARROW_WIDTH } from './virtual-table-narrow';
import { BodyRow, HEADER_HEIGHT, HeaderRow } from './virtual-table-rows';

/** What a screen may show, until the size of this one is known. */
const FIRST_RECT = { width: 1_000, height: 720 };

/** A table of any length: only what is in sight is in the page. Arrow keys walk, Enter opens, Space selects. */
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
  const [activeIndex, setActiveIndex] = useState(0);
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
  // Rows are given the same functions all the time, so that they need not be drawn anew.
  const latest = useRef(props);
  useLayoutEffect(() => void (latest.current = props));
  const open = useCallback((row: T) => latest.current.onOpen?.(row), []);
  const toggle = useCallback(
    (row: T, index: number, isRange: boolean) => latest.current.onToggle?.(row, index, isRange),
    [],
  );
  const virtualizer = useVirtualizer({
    count: rowCount,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    scrollMargin: 0,
    initialRect: FIRST_RECT,
    scrollPaddingStart: HEADER_HEIGHT,
  });
  useLayoutEffect(() => {
    if (scrolledBefore.current > 0) scroller.current?.scrollTo({ top: scrolledBefore.current });
  }, []);
  useLayoutEffect(() => virtualizer.measure(), [virtualizer, rowHeight]);
  const items = virtualizer.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => onRange?.(first, last), [onRange, first, last]);
  useEffect(() => {
    if (wantsFocus.current === undefined) return;
    const row = scroller.current?.querySelector<HTMLElement>(`[data-index="${wantsFocus.current}"]`);
    if (row === null || row === undefined) return;
    wantsFocus.current = undefined;
    row.focus({ preventScroll: true });
  }, [first, last, activeIndex]);
  useScrollMemory(scroller, `${label} ${resetKey}`);
  const shownKey = useRef(resetKey);
  useEffect(() => {
    if (shownKey.current === resetKey) return;
    shownKey.current = resetKey;
    scroller.current?.scrollTo({ top: 0 });
    setActiveIndex(0);
  }, [resetKey]);

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
    const next = Math.min(rowCount - 1, Math.max(0, activeIndex + step));
    wantsFocus.current = next;
    setActiveIndex(next);
    virtualizer.scrollToIndex(next);
  };

  const tracks = columns.map((column) => column.track).join(' ');
  // The row that takes the focus when one tabs in has to be there.
  const tabIndexRow = activeIndex >= first && activeIndex <= last ? activeIndex : first;
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
            return (
              <BodyRow
                key={index}
                row={row}
                columns={columns}
                tracks={tracks}
                index={index}
                top={start}
                height={rowHeight}
                isTabStop={index === tabIndexRow}
                isSelected={props.isSelected && row !== undefined ? props.isSelected(row) : undefined}
                isOpen={row !== undefined && props.openId === props.rowId(row)}
                onActive={setActiveIndex}
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
