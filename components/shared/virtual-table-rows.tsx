'use client';
import { memo, type KeyboardEvent } from 'react';
import { cn } from '../ui/class-names';
import { Skeleton } from '../ui/skeleton';
import type { KeyedRow } from './keyed-rows';
import { useSteadyActs, type RowActs } from './use-steady-acts';
import { rowLook } from './virtual-table-header';
import type { Column, VirtualTableProps } from './virtual-table-props';

interface BodyRowsProps<T> extends VirtualTableProps<T> {
  readonly rows: readonly KeyedRow<T>[];
  /** Of all rows, in pixels; `rowHeight` is that of one. */
  readonly height: number;
  readonly rowHeight: number;
  readonly tracks: string;
  /** The row that one gets to by Tab. */
  readonly tabStop: number;
  readonly onActive: (index: number, id: string | undefined) => void;
  readonly className: string;
}

export function BodyRows<T>(props: BodyRowsProps<T>) {
  const { rows, height, rowHeight, columns, tracks, tabStop, isSelected, openId, onActive, className } =
    props;
  const acts = useSteadyActs(props);
  return (
    <div role="rowgroup" className={cn('relative', className)} style={{ height }}>
      {rows.map(({ key, id, row, index, top }) => (
        <BodyRow
          key={key}
          id={id}
          row={row}
          columns={columns}
          tracks={tracks}
          index={index}
          top={top}
          height={rowHeight}
          isTabStop={index === tabStop}
          isSelected={isSelected && row !== undefined ? isSelected(row) : undefined}
          isOpen={id !== undefined && openId === id}
          onActive={onActive}
          {...acts}
        />
      ))}
    </div>
  );
}

interface BodyRowProps<T> extends RowActs<T> {
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
const BodyRow = memo(Row) as typeof Row;
