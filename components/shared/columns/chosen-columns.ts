import type { UntitledColumn } from '../virtual-table-props';

/** What somebody has said of columns, by id; all others are as they are by default. */
export type ColumnChoices = Readonly<Record<string, boolean>>;

export interface ChoosableColumn<T> extends UntitledColumn<T> {
  /** Shown to those who ask for it. */
  readonly isExtra?: true;
  /** Always shown. */
  readonly isFixed?: true;
}

export type Choosable = Pick<ChoosableColumn<never>, 'id' | 'isExtra' | 'isFixed'>;

export const isColumnShown = ({ id, isExtra, isFixed }: Choosable, choices: ColumnChoices): boolean =>
  isFixed === true || (choices[id] ?? isExtra !== true);

const REM_PX = 16;
const GAP_PX = 12;
/** Padding at both ends, and the column to select by. */
const BESIDE_PX = 2 * 12 + 16;

/** The least that a track takes: `8rem`, `minmax(6rem, 1fr)`. */
const leastPx = (track: string) => Number(/([\d.]+)rem/.exec(track)?.[1] ?? 6) * REM_PX;

/**
 * The columns to show. By default each says how wide a table has to be for it. Once somebody has chosen, those that
 * were asked for come first, and the others as far as there is room beside them.
 */
export function chosenColumns<T>(
  columns: readonly ChoosableColumn<T>[],
  choices: ColumnChoices,
): readonly ChoosableColumn<T>[] {
  const shown = columns.filter((column) => isColumnShown(column, choices));
  if (columns.every(({ id }) => choices[id] === undefined)) return shown;
  const rankOf = ({ id, minTableWidth = 0 }: ChoosableColumn<T>) =>
    choices[id] === true ? 0 : minTableWidth;
  let widthPx = BESIDE_PX;
  const needed = new Map<string, number>();
  for (const column of shown.toSorted((a, b) => rankOf(a) - rankOf(b))) {
    widthPx += leastPx(column.track) + GAP_PX;
    needed.set(column.id, rankOf(column) === 0 ? 0 : widthPx);
  }
  return shown.map((column) => ({ ...column, minTableWidth: needed.get(column.id) ?? 0 }));
}
