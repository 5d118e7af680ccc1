import { describe, expect, it } from 'vitest';
import {
  comparePlaces,
  listPart,
  listQuestion,
  mergedList,
  pageQuery,
} from '../../../../lib/openai/objects/merged-list';

const part = (times: readonly number[], key: string, hasMore = false) => ({
  items: times.map((at, index) => ({ id: `${key}${at}.${index}`, created_at: at })),
  hasMore,
});
const idsOf = (list: Record<string, unknown>) => (list.data as { id: string }[]).map(({ id }) => id);

describe('one list of several keys', () => {
  it('is in the order of time, and of one time in that of the keys', () => {
    const parts = [part([9, 5, 5, 1], 'a'), part([8, 5], 'b')];
    const list = mergedList(parts, listQuestion('files', ''));
    expect(idsOf(list)).toEqual(['a9.0', 'b8.0', 'a5.1', 'a5.2', 'b5.1', 'a1.3']);
    expect(list).toMatchObject({ object: 'list', first_id: 'a9.0', last_id: 'a1.3', has_more: false });
    const rising = [part([1, 5], 'a'), part([2], 'b')];
    expect(idsOf(mergedList(rising, listQuestion('files', '?order=asc')))).toEqual(['a1.0', 'b2.0', 'a5.1']);
  });

  it('ends at its limit, and says that there is more', () => {
    const list = mergedList([part([9, 7], 'a'), part([8, 6], 'b')], listQuestion('files', '?limit=3'));
    expect(idsOf(list)).toEqual(['a9.0', 'b8.0', 'a7.1']);
    expect(list).toMatchObject({ has_more: true, last_id: 'a7.1' });
  });

  it('passes over nothing of a key whose page was shorter than asked for', () => {
    const parts = [part([9, 8], 'a', true), part([7, 6], 'b')];
    expect(idsOf(mergedList(parts, listQuestion('files', '?limit=10')))).toEqual(['a9.0', 'a8.1']);
  });

  it('before a cursor is what stands nearest to it', () => {
    const parts = [part([9, 7], 'a'), part([8, 6], 'b')];
    const list = mergedList(parts, listQuestion('files', '?limit=2&before=x'));
    expect(idsOf(list)).toEqual(['a7.1', 'b6.1']);
    expect(list.has_more).toBe(true);
  });

  it('of nothing is empty', () => {
    expect(mergedList([], listQuestion('files', ''))).toEqual({
      object: 'list',
      data: [],
      first_id: null,
      last_id: null,
      has_more: false,
    });
  });
});

it('a question has the limit and the order of its kind unless it says otherwise', () => {
  const none = { after: undefined, before: undefined };
  expect(listQuestion('files', '')).toEqual({ limit: 10_000, isAscending: false, ...none });
  expect(listQuestion('evals', '?limit=x')).toEqual({ limit: 20, isAscending: true, ...none });
  expect(listQuestion('batches', '?limit=5&after=b&order=asc')).toEqual({
    limit: 5,
    isAscending: true,
    after: 'b',
    before: undefined,
  });
});

it('a page is asked for with everything else as it was sent', () => {
  expect(pageQuery('?purpose=a%20b&limit=3&after=x&order=asc', 100, 'y/z')).toBe(
    '?purpose=a%20b&order=asc&limit=100&after=y%2Fz',
  );
  expect(pageQuery('', 100, undefined)).toBe('?limit=100');
});

it('what is no list is no part of one', () => {
  expect([listPart('x'), listPart('[]'), listPart('{"data":{}}')]).toEqual([undefined, undefined, undefined]);
  expect(listPart('{"data":[{"id":"a"},1],"has_more":true}')).toEqual({
    items: [{ id: 'a' }],
    hasMore: true,
  });
});

it('places are compared by time, then by key', () => {
  expect(comparePlaces({ createdAt: 1, keyIndex: 0 }, { createdAt: 2, keyIndex: 0 }, true)).toBeLessThan(0);
  expect(comparePlaces({ createdAt: 1, keyIndex: 0 }, { createdAt: 2, keyIndex: 0 }, false)).toBeGreaterThan(
    0,
  );
  expect(comparePlaces({ createdAt: 1, keyIndex: 0 }, { createdAt: 1, keyIndex: 2 }, false)).toBeLessThan(0);
});
