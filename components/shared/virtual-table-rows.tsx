'use client';
import { ArrowDown, ArrowUp } from 'lucide-react';
import type { KeyboardEvent } from 'react';
import { cn } from '../ui/class-names';
import { Skeleton } from '../ui/skeleton';
import type { Column, VirtualTableProps } from './virtual-table-props';

export const HEADER_HEIGHT = 32;
const rowLook = 'grid items-center gap-3 px-3';

interface HeaderRowProps<T> extends VirtualTableProps<T> {
  readonly tracks: string;
}

export function HeaderRow<T>({ columns, tracks, sorting, onSort }: HeaderRowProps<T>) {
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

export function BodyRow<T>({
  table,
  columns,
  tracks,
  index,
  top,
  height,
  isTabStop,
  onActive,
}: BodyRowProps<T>) {
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
