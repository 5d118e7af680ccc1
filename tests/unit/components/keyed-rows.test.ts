import { expect, test } from 'vitest';
import { keyedRows } from '../../../components/shared/keyed-rows';

const places = (count: number) => Array.from({ length: count }, (_, index) => ({ index, start: index * 36 }));
const list = (...ids: readonly (string | undefined)[]) => ({
  rowAt: (index: number) => ids[index],
  rowId: (id: string) => id,
});
const keysOf = (rows: readonly { readonly key: string }[]) => rows.map(({ key }) => key);

test('a row keeps its key wherever it goes', () => {
  expect(keysOf(keyedRows(places(2), undefined, list('a', 'b')))).toEqual(['a', 'b']);
  expect(keysOf(keyedRows(places(3), undefined, list('new', 'a', 'b')))).toEqual(['new', 'a', 'b']);
});

test('of a row that two pages hold, the active one keeps the key, else the first, and no key is there twice', () => {
  const twice = list('a', 'b', 'a');
  expect(keysOf(keyedRows(places(3), undefined, twice))).toEqual(['a', 'b', '2 a']);
  expect(keysOf(keyedRows(places(3), { index: 2, id: 'a' }, twice))).toEqual(['0 a', 'b', 'a']);
});

test('rows on their way have a key and no id', () => {
  const rows = keyedRows(places(2), undefined, list(undefined, undefined));
  expect(new Set(keysOf(rows)).size).toBe(2);
  expect(rows.map(({ id, top }) => [id, top])).toEqual([
    [undefined, 0],
    [undefined, 36],
  ]);
});
