import type { ActiveRow } from './use-active-row';
import type { VirtualTableProps } from './virtual-table-props';

/** A place in the table, and the row that is there. */
export interface KeyedRow<T> {
  /** React's: a row keeps it wherever it goes. */
  readonly key: string;
  readonly index: number;
  /** In pixels, from the first row on. */
  readonly top: number;
  /** Undefined while it is on its way. */
  readonly row: T | undefined;
  readonly id: string | undefined;
}

type Places = readonly { readonly index: number; readonly start: number }[];

/** Pages that were asked for at different times may both hold a row: the active one of them, or the first, is it. */
export function keyedRows<T>(
  places: Places,
  active: ActiveRow | undefined,
  { rowAt, rowId }: Pick<VirtualTableProps<T>, 'rowAt' | 'rowId'>,
): readonly KeyedRow<T>[] {
  const known = new Set<string>();
  return places.map(({ index, start }) => {
    const row = rowAt(index);
    if (row === undefined) return { key: `${index} `, index, top: start, row, id: undefined };
    const id = rowId(row);
    const isIt = id === active?.id ? index === active.index : !known.has(id);
    known.add(id);
    return { key: isIt ? id : `${index} ${id}`, index, top: start, row, id };
  });
}
