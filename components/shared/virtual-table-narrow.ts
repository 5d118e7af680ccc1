import type { ReactNode } from 'react';
import type { Column } from './virtual-table-props';

/** Below this many pixels a table shows each row in two lines. */
export const NARROW_WIDTH = 560;
export const NARROW_ROW_HEIGHT = 56;

/** What is selected stays in front; all the rest is one column. */
export function narrowColumns<T>(
  columns: readonly Column<T>[],
  cell: (row: T) => ReactNode,
): readonly Column<T>[] {
  const select = columns.filter(({ id }) => id === 'select');
  const [lead] = columns.filter(({ id }) => id !== 'select');
  return [
    ...select,
    { id: 'row', track: 'minmax(0, 1fr)', header: lead?.header ?? '', ...sortOf(lead), cell },
  ];
}

function sortOf<T>(column: Column<T> | undefined): { readonly sort?: string } {
  return column?.sort === undefined ? {} : { sort: column.sort };
}
