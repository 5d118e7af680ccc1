import type { ReactNode } from 'react';

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

/** A column whose title is yet to be put into words. */
export type UntitledColumn<T> = Omit<Column<T>, 'header'>;

export interface Sorting {
  readonly by: string;
  readonly order: 'asc' | 'desc';
}

export interface VirtualTableProps<T> {
  readonly label: string;
  readonly columns: readonly Column<T>[];
  readonly rowCount: number;
  /** Undefined while the row is on its way. */
  readonly rowAt: (index: number) => T | undefined;
  readonly rowId: (row: T) => string;
  readonly rowHeight?: number;
  /** A whole row where there is no room for columns, two lines high. */
  readonly narrow?: (row: T) => ReactNode;
  /** The row whose details are open. */
  readonly openId?: string;
  readonly sorting?: Sorting;
  readonly onSort?: (sorting: Sorting) => void;
  readonly onRange?: (first: number, last: number) => void;
  readonly onOpen?: (row: T) => void;
  readonly onToggle?: (row: T, index: number, isRange: boolean) => void;
  readonly isSelected?: (row: T) => boolean;
  /** Told when one scrolls: whether the first row is out of its place. */
  readonly onAway?: (isAway: boolean) => void;
  /** Scrolls to the top when it changes. */
  readonly resetKey?: string;
}
