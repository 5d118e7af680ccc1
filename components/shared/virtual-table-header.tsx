'use client';
import { ArrowDown, ArrowUp } from 'lucide-react';
import type { ReactNode } from 'react';
import { cn } from '../ui/class-names';
import type { Column, Sorting, VirtualTableProps } from './virtual-table-props';

export const HEADER_HEIGHT = 32;
export const rowLook = 'grid items-center gap-3 px-3';

interface HeaderRowProps<T> extends Pick<VirtualTableProps<T>, 'columns' | 'sorting' | 'onSort'> {
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
        {columns.map((column) => (
          <HeaderCell key={column.id} column={column} sorting={sorting} onSort={onSort} />
        ))}
      </div>
    </div>
  );
}

type Order = Sorting['order'];
const claims = { asc: 'ascending', desc: 'descending' } as const;
const arrows = { asc: ArrowUp, desc: ArrowDown };

interface HeaderCellProps<T> {
  readonly column: Column<T>;
  readonly sorting: Sorting | undefined;
  readonly onSort: ((sorting: Sorting) => void) | undefined;
}

function HeaderCell<T>({ column, sorting, onSort }: HeaderCellProps<T>) {
  const { header, sort, align } = column;
  const order = sort !== undefined && sorting?.by === sort ? sorting.order : undefined;
  return (
    <div
      role="columnheader"
      aria-sort={order && claims[order]}
      className={cn(
        'flex min-w-0 items-center gap-3 text-xs font-medium text-ink-soft',
        align === 'end' && 'justify-end',
      )}
    >
      {sort === undefined || onSort === undefined ? (
        <span className="truncate has-[[role=checkbox]]:overflow-visible">{header}</span>
      ) : (
        <SortButton order={order} onSort={(next) => onSort({ by: sort, order: next })}>
          {header}
        </SortButton>
      )}
    </div>
  );
}

interface SortButtonProps {
  /** Undefined while the table is sorted by something else. */
  readonly order: Order | undefined;
  readonly onSort: (order: Order) => void;
  readonly children: ReactNode;
}

function SortButton({ order, onSort, children }: SortButtonProps) {
  const Arrow = order && arrows[order];
  return (
    <button
      type="button"
      className={cn(
        'inline-flex h-6 min-w-6 items-center gap-1 rounded-sm hover:text-ink',
        order !== undefined && 'text-ink',
      )}
      onClick={() => onSort(order === 'desc' ? 'asc' : 'desc')}
    >
      <span className="truncate">{children}</span>
      {Arrow !== undefined && <Arrow className="size-3 shrink-0" aria-hidden />}
    </button>
  );
}
