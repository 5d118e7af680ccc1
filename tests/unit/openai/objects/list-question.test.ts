import { expect, it } from 'vitest';
import {
  asksForCountedPage,
  listQuestion,
  pageQuery,
  sharedQuery,
} from '../../../../lib/openai/objects/list-question';

it('a question has the limit and the order of its kind unless it says otherwise', () => {
  const none = { after: undefined, before: undefined, orderBy: undefined, afterName: 'after' };
  expect(listQuestion('files', '')).toEqual({ limit: 10_000, isAscending: false, ...none });
  expect(listQuestion('evals', '?limit=x')).toEqual({ limit: 20, isAscending: true, ...none });
  expect(listQuestion('batches', '?limit=5&after=b&order=asc&order_by=updated_at')).toEqual({
    ...none,
    limit: 5,
    isAscending: true,
    orderBy: 'updated_at',
    after: 'b',
  });
  expect(listQuestion('batches', '?order_by=created_at').orderBy).toBeUndefined();
});

it('a question may name its cursors as Anthropic does', () => {
  expect(listQuestion('files', '?after_id=b')).toMatchObject({ after: 'b', afterName: 'after_id' });
  expect(listQuestion('files', '?before_id=b')).toMatchObject({ before: 'b', afterName: 'after_id' });
});

it('a page is asked for with everything else as it was sent', () => {
  const sent = '?purpose=a%20b&limit=3&after=x&before_id=z&order=asc';
  expect(pageQuery(sent, 100, { name: 'after', id: 'y/z' })).toBe(
    '?purpose=a%20b&order=asc&limit=100&after=y%2Fz',
  );
  expect(sharedQuery(sent)).toBe('purpose=a%20b&order=asc');
  expect(pageQuery('', 100)).toBe('?limit=100');
  expect(pageQuery('', undefined)).toBe('');
});

it.each([
  ['', false],
  ['?limit=3&after=page', false],
  ['?page=2', true],
  ['?limit=2&page_size=3', true],
  ['?pageToken=x', true],
])('pages that are counted, or told by a token, are known: %s', (query, isCounted) => {
  expect(asksForCountedPage(query)).toBe(isCounted);
});
