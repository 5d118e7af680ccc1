'use client';
import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { cn } from '../ui/class-names';
import { Skeleton } from '../ui/skeleton';
import { useElementWidth } from './use-element-width';

export interface Column<T> {
  readonly id: string;
  readonly header: ReactNode;
  /** A track of the CSS grid. */
  readonly track: string;
  /** Left out of tables narrower than this, in pixels. */
  readonly minTableWidth?: number;
  /** The name the server sorts it by. */
  readonly sort?: string;
  readonly align?: 'end';
  readonly cell: (row: T, index: number) => ReactNode;
}

export interface Sorting {
  readonly by: string;
  readonly order: 'asc' | 'desc';
}

interface VirtualTableProps<T> {
  readonly label: string;
  readonly columns: readonly Column<T>[];
  readonly rowCount: number;
  /** Undefined while the row is on its way. */
  readonly rowAt: (index: number) => T | undefined;
  readonly rowId: (row: T) => string;
  readonly rowHeight?: number;
  /** The row whose details are open. */
  readonly openId?: string;
  readonly sorting?: Sorting;
  readonly onSort?: (sorting: Sorting) => void;
  readonly onRange?: (first: number, last: number) => void;
  readonly onOpen?: (row: T) => void;
  readonly onToggle?: (row: T, index: number, isRange: boolean) => void;
  readonly isSelected?: (row: T) => boolean;
  /** Scrolls to the top when it changes. */
  readonly resetKey?: string;
}

const HEADER_HEIGHT = 32;

/** A table of any length: only what is in sight is in the page. Arrow keys walk, Enter opens, Space selects. */
export function VirtualTable<T>(props: VirtualTableProps<T>) {
  const { label, rowCount, rowHeight = 36, onRange, resetKey } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const width = useElementWidth(scroller);
  const [activeIndex, setActiveIndex] = useState(0);
  const columns = props.columns.filter((column) => width === 0 || width >= (column.minTableWidth ?? 0));
  const virtualizer = useVirtualizer({
    count: rowCount,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    scrollMargin: 0,
    scrollPaddingStart: HEADER_HEIGHT,
  });
  const items = virtualizer.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => onRange?.(first, last), [onRange, first, last]);
  useEffect(() => {
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
    setActiveIndex(next);
    virtualizer.scrollToIndex(next);
    requestAnimationFrame(() =>
      scroller.current?.querySelector<HTMLElement>(`[data-index="${next}"]`)?.focus({ preventScroll: true }),
    );
  };

  const tracks = columns.map((column) => column.track).join(' ');
  // The row that takes the focus when one tabs in has to be there.
  const tabIndexRow = activeIndex >= first && activeIndex <= last ? activeIndex : first;
  return (
    <div ref={scroller} className="min-h-0 flex-1 overflow-auto overscroll-contain" onKeyDown={walk}>
      <div role="grid" aria-label={label} aria-rowcount={rowCount + 1} className="min-w-full">
        <HeaderRow {...props} columns={columns} tracks={tracks} />
        <div role="rowgroup" className="relative" style={{ height: virtualizer.getTotalSize() }}>
          {items.map((item) => (
            <BodyRow
              key={item.key}
              table={props}
              columns={columns}
              tracks={tracks}
              index={item.index}
              top={item.start}
              height={rowHeight}
              isTabStop={item.index === tabIndexRow}
              onActive={setActiveIndex}
            />
          ))}
        </div>
      </div>
    </div>
  );
}

const rowLook = 'grid items-center gap-3 px-3';

interface HeaderRowProps<T> extends VirtualTableProps<T> {
  readonly tracks: string;
}

function HeaderRow<T>({ columns, tracks, sorting, onSort }: HeaderRowProps<T>) {
  return (
    <div role="rowgroup" className="sticky top-0 z-10 border-b border-line bg-surface">
      <div
        role="row"
        aria-rowindex={1}
        className={rowLook}
        style={{ gridTemplateColumns: tracks, height: HEADER_HEIGHT }}
      >
        {columns.map((column) => {
          const { sort, align } = column;
          const isSorted = sort !== undefined && sorting?.by === sort;
          const Arrow = sorting?.order === 'asc' ? ArrowUp : ArrowDown;
          const nextOrder = isSorted && sorting?.order === 'desc' ? 'asc' : 'desc';
          return (
            <div
              key={column.id}
              role="columnheader"
              aria-sort={isSorted ? (sorting?.order === 'asc' ? 'ascending' : 'descending') : undefined}
              className={cn(
                'flex min-w-0 items-center text-xs font-medium text-ink-soft',
                align === 'end' && 'justify-end',
              )}
            >
              {sort === undefined || onSort === undefined ? (
                <span className="truncate">{column.header}</span>
              ) : (
                <button
                  type="button"
                  className={cn(
                    'inline-flex min-w-0 items-center gap-1 rounded-sm hover:text-ink',
                    isSorted && 'text-ink',
                  )}
                  onClick={() => onSort({ by: sort, order: nextOrder })}
                >
                  <span className="truncate">{column.header}</span>
                  {isSorted && <Arrow className="size-3 shrink-0" aria-hidden />}
                </button>
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}

interface BodyRowProps<T> {
  readonly table: VirtualTableProps<T>;
  readonly columns: readonly Column<T>[];
  readonly tracks: string;
  readonly index: number;
  readonly top: number;
  readonly height: number;
  readonly isTabStop: boolean;
  readonly onActive: (index: number) => void;
}

function BodyRow<T>({ table, columns, tracks, index, top, height, isTabStop, onActive }: BodyRowProps<T>) {
  const row = table.rowAt(index);
  const isSelected = row !== undefined && table.isSelected?.(row) === true;
  const isOpen = row !== undefined && table.openId === table.rowId(row);
  const press = (event: KeyboardEvent) => {
    if (row === undefined || event.target !== event.currentTarget) return;
    if (event.key === 'Enter') table.onOpen?.(row);
    if (event.key === ' ') {
      event.preventDefault();
      table.onToggle?.(row, index, event.shiftKey);
    }
  };
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={table.isSelected === undefined ? undefined : isSelected}
      data-index={index}
      tabIndex={isTabStop ? 0 : -1}
      onFocus={() => onActive(index)}
      onKeyDown={press}
      onClick={(event) => {
        const isOnControl = (event.target as HTMLElement).closest('button, a, input') !== null;
        if (row !== undefined && !isOnControl) table.onOpen?.(row);
      }}
      className={cn(
        rowLook,
        'absolute inset-x-0 border-b border-line focus-visible:outline-offset-[-2px]',
        table.onOpen !== undefined && 'cursor-pointer hover:bg-sunken/60',
        (isSelected || isOpen) && 'bg-accent-soft/60 hover:bg-accent-soft/60',
      )}
      style={{ gridTemplateColumns: tracks, height, top }}
    >
      {columns.map((column) => (
        <div
          key={column.id}
          role="gridcell"
          className={cn('min-w-0 truncate', column.align === 'end' && 'text-right')}
        >
          {row === undefined ? <Skeleton className="h-3.5" /> : column.cell(row, index)}
        </div>
      ))}
    </div>
  );
}
