import { describe, expect, test } from 'vitest';
import { withTail } from '../../../lib/client/logs';
import { pagesOf, placeOf } from '../../../lib/client/page-windows';
import { readUrlState, writeUrlState } from '../../../lib/client/url-state';

const rows = (...ids: string[]) => ids.map((id) => ({ id }));

describe('the tail of a log', () => {
  test('comes before what is known, each row once', () => {
    expect(withTail(rows('b', 'a'), rows('d', 'c', 'b', 'a'))).toEqual(rows('d', 'c', 'b', 'a'));
  });

  test('leaves the list the same when nothing is new', () => {
    const known = rows('b', 'a');
    expect(withTail(known, rows('b', 'a'))).toBe(known);
    expect(withTail(known, [])).toBe(known);
  });

  test('puts a request that took long where it began, among those that are known', () => {
    expect(withTail(rows('d', 'b', 'a'), rows('e', 'd', 'c', 'b'))).toEqual(rows('e', 'd', 'c', 'b', 'a'));
  });

  test('is the whole list when nothing was known', () => {
    expect(withTail([], rows('a'))).toEqual(rows('a'));
  });

  test('says when rows between the two are missing', () => {
    const tail = Array.from({ length: 100 }, (_, index) => ({ id: `z${String(999 - index)}` }));
    expect(withTail(rows('a'), tail)).toBeUndefined();
  });
});

test('the pages in sight are those of the first and last row and all between', () => {
  expect(pagesOf(0, 0, 100)).toEqual([1]);
  expect(pagesOf(95, 105, 100)).toEqual([1, 2]);
  expect(pagesOf(49_990, 49_999, 200)).toEqual([250]);
  expect(placeOf(205, 100)).toEqual({ page: 3, offset: 5 });
});

describe('a view in the address', () => {
  const defaults = { status: '', sort: 'createdAt' };

  test('has its defaults where the address says nothing', () => {
    expect(readUrlState(new URLSearchParams('status=cooling&other=1'), defaults)).toEqual({
      status: 'cooling',
      sort: 'createdAt',
    });
  });

  test('writes only what differs from the defaults, and leaves other names alone', () => {
    const search = new URLSearchParams('status=cooling&other=1');
    expect(writeUrlState(search, defaults, { status: '', sort: 'hint' }).toString()).toBe(
      'other=1&sort=hint',
    );
  });
});
