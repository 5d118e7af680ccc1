'use client';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { memo, type KeyboardEvent } from 'react';
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
                'flex min-w-0 items-center gap-3 text-xs font-medium text-ink-soft',
                align === 'end' && 'justify-end',
              )}
            >
              {sort === undefined || onSort === undefined ? (
                <span className="truncate has-[[role=checkbox]]:overflow-visible">{column.header}</span>
              ) : (
                <button
                  type="button"
                  className={cn(
                    'inline-flex h-6 min-w-6 items-center gap-1 rounded-sm hover:text-ink',
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
  /** Undefined while it is on its way. */
  readonly row: T | undefined;
  readonly id: string | undefined;
  readonly columns: readonly Column<T>[];
  readonly tracks: string;
  readonly index: number;
  readonly top: number;
  readonly height: number;
  readonly isTabStop: boolean;
  /** Undefined where rows cannot be selected. */
  readonly isSelected: boolean | undefined;
  readonly isOpen: boolean;
  readonly onActive: (index: number, id: string | undefined) => void;
  /** Undefined where rows do not open. */
  readonly onOpen: ((row: T) => void) | undefined;
  readonly onToggle: (row: T, index: number, isRange: boolean) => void;
}

function Row<T>(props: BodyRowProps<T>) {
  const { row, id, columns, tracks, index, top, height, isTabStop, isSelected, isOpen } = props;
  const { onActive, onOpen, onToggle } = props;
  const press = (event: KeyboardEvent) => {
    if (row === undefined || event.target !== event.currentTarget) return;
    if (event.key === 'Enter') onOpen?.(row);
    if (event.key === ' ') {
      event.preventDefault();
      onToggle(row, index, event.shiftKey);
    }
  };
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      data-index={index}
      tabIndex={isTabStop ? 0 : -1}
      data-row={id}
      onFocus={() => onActive(index, id)}
      onKeyDown={press}
      onClick={(event) => {
        const isOnControl = (event.target as HTMLElement).closest('button, a, input') !== null;
        if (row !== undefined && !isOnControl) onOpen?.(row);
      }}
      className={cn(
        rowLook,
        'absolute inset-x-0 border-b border-line focus-visible:outline-offset-[-2px]',
        onOpen !== undefined && 'cursor-pointer hover:bg-sunken/60',
        (isSelected === true || isOpen) && 'bg-accent-soft/60 hover:bg-accent-soft/60',
      )}
      style={{ gridTemplateColumns: tracks, height, top }}
    >
      {columns.map((column) => (
        <div
          key={column.id}
          role="gridcell"
          className={cn(
            'min-w-0 truncate has-[[role=checkbox]]:overflow-visible',
            column.align === 'end' && 'text-right',
          )}
        >
          {row === undefined ? <Skeleton className="h-3.5" /> : column.cell(row, index)}
        </div>
      ))}
    </div>
  );
}

/** Drawn anew only when something of its own has changed: while one scrolls, that is none of those in sight. */
export const BodyRow = memo(Row) as typeof Row;
