import { expect, test } from 'vitest';
import { indexNear } from '../../../components/shared/index-near';

const at = (rows: readonly string[], id: string) => (index: number) => rows[index] === id;

test('a row is found where it was, where others have pushed it, and at the ends', () => {
  const rows = Array.from({ length: 2_000 }, (_, index) => `row-${index}`);
  expect(indexNear(rows.length, 7, at(rows, 'row-7'))).toBe(7);
  expect(indexNear(rows.length, 7, at(rows, 'row-10'))).toBe(10);
  expect(indexNear(rows.length, 900, at(rows, 'row-880'))).toBe(880);
  expect(indexNear(rows.length, 1_500, at(rows, 'row-0'))).toBe(0);
  expect(indexNear(rows.length, 3, at(rows, 'row-1999'))).toBe(1_999);
});

test('a row that is gone is not found, and no index beyond the list is asked for', () => {
  const asked: number[] = [];
  const found = indexNear(3, 2, (index) => {
    asked.push(index);
    return false;
  });
  expect(found).toBeUndefined();
  expect(asked.every((index) => index >= 0 && index < 3)).toBe(true);
  expect(indexNear(0, 0, () => true)).toBeUndefined();
});
