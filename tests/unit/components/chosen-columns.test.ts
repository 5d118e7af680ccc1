import { expect, it } from 'vitest';
import {
  chosenColumns,
  isColumnShown,
  type ChoosableColumn,
} from '../../../components/shared/columns/chosen-columns';

const cell = () => null;
const columns: readonly ChoosableColumn<object>[] = [
  { id: 'time', track: '8rem', isFixed: true, cell },
  { id: 'model', track: 'minmax(6rem, 1fr)', cell },
  { id: 'path', track: 'minmax(8rem, 1fr)', minTableWidth: 1200, cell },
  { id: 'tokens', track: '6.5rem', minTableWidth: 920, cell },
  { id: 'cost', track: '5rem', isExtra: true, cell },
];
const ids = (list: readonly ChoosableColumn<object>[]) => list.map(({ id }) => id);
const at = (list: readonly ChoosableColumn<object>[], width: number) =>
  ids(list.filter(({ minTableWidth = 0 }) => width >= minTableWidth));

it('without a choice all are as they say themselves, and extra ones are not there', () => {
  expect(chosenColumns(columns, {})).toEqual(columns.filter(({ id }) => id !== 'cost'));
});

it('what was put away is gone, what was asked for is there, in the order of the list', () => {
  expect(ids(chosenColumns(columns, { model: false, cost: true }))).toEqual([
    'time',
    'path',
    'tokens',
    'cost',
  ]);
});

it('what is fixed cannot be put away, and a name that nobody knows does no harm', () => {
  expect(isColumnShown({ id: 'time', isFixed: true }, { time: false })).toBe(true);
  expect(chosenColumns(columns, { gone: true })).toEqual(chosenColumns(columns, {}));
});

it('what was asked for is shown however narrow the table, and others as there is room beside it', () => {
  const chosen = chosenColumns(columns, { cost: true, path: true });
  expect(at(chosen, 0)).toEqual(['time', 'model', 'path', 'cost']);
  expect(at(chosen, 2_000)).toEqual(['time', 'model', 'path', 'tokens', 'cost']);
});

it('putting one away leaves its room to the next', () => {
  expect(at(chosenColumns(columns, {}), 640)).toEqual(['time', 'model']);
  // 40 + 8 + 6 + 6.5 + 8 rem, with gaps.
  expect(at(chosenColumns(columns, { cost: false }), 640)).toEqual(['time', 'model', 'path', 'tokens']);
});
