'use client';
import { useMemo } from 'react';
import { NARROW_ROW_HEIGHT, narrowColumns, NARROW_WIDTH } from './virtual-table-narrow';
import type { Column, VirtualTableProps } from './virtual-table-props';

const ROW_HEIGHT = 36;

export interface FittingColumns<T> {
  readonly columns: readonly Column<T>[];
  /** Of the CSS grid. */
  readonly tracks: string;
  readonly rowHeight: number;
}

/** What a table of this width has room for. All columns while `width` is 0, which is not known yet. */
export function useFittingColumns<T>(props: VirtualTableProps<T>, width: number): FittingColumns<T> {
  const { narrow } = props;
  const isNarrow = narrow !== undefined && width > 0 && width < NARROW_WIDTH;
  const columns = useMemo(
    () =>
      isNarrow
        ? narrowColumns(props.columns, narrow)
        : props.columns.filter((column) => width === 0 || width >= (column.minTableWidth ?? 0)),
    [props.columns, width, isNarrow, narrow],
  );
  return {
    columns,
    tracks: columns.map((column) => column.track).join(' '),
    rowHeight: isNarrow ? NARROW_ROW_HEIGHT : (props.rowHeight ?? ROW_HEIGHT),
  };
}
