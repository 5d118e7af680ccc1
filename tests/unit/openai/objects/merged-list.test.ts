import { describe, expect, it } from 'vitest';
import type { ListItem } from '../../../../lib/openai/objects/list-item';
import {
  comparePlaces,
  listFrame,
  mergedList,
  summedTotals,
  type ListPart,
  type MergedList,
} from '../../../../lib/openai/objects/merged-list';

const item = (id: string | undefined, rank: number): ListItem => ({
  bytes: Buffer.alloc(0),
  start: 0,
  end: 0,
  id,
  rank,
});
const part = (ranks: readonly number[], key: string, hasMore = false): ListPart => ({
  items: ranks.map((rank, index) => item(`${key}${rank}.${index}`, rank)),
  hasMore,
});
type Question = Parameters<typeof mergedList>[1];
const QUESTION: Question = { limit: 20, isAscending: false, before: undefined };

function merge(parts: readonly ListPart[], question: Partial<Question> = {}) {
  const merging = mergedList(parts, { ...QUESTION, ...question });
  for (;;) {
    const step = merging.next();
    if (step.done === true) return step.value;
  }
}
const idsOf = ({ items }: MergedList) => items.map(({ item: { id } }) => id);

describe('one list of several keys', () => {
  it('is in the order of time, and of one time in that of the keys', () => {
    const list = merge([part([9, 5, 5, 1], 'a'), part([8, 5], 'b')]);
    expect(idsOf(list)).toEqual(['a9.0', 'b8.0', 'a5.1', 'a5.2', 'b5.1', 'a1.3']);
    expect(list.hasMore).toBe(false);
    const rising = [part([1, 5], 'a'), part([2], 'b')];
    expect(idsOf(merge(rising, { isAscending: true }))).toEqual(['a1.0', 'b2.0', 'a5.1']);
  });

  it('ends at its limit, and says that there is more', () => {
    const list = merge([part([9, 7], 'a'), part([8, 6], 'b')], { limit: 3 });
    expect(idsOf(list)).toEqual(['a9.0', 'b8.0', 'a7.1']);
    expect(list).toMatchObject({
      hasMore: true,
      used: [
        [0, 2],
        [0, 1],
      ],
    });
  });

  it('passes over nothing of a key whose page was shorter than asked for', () => {
    expect(idsOf(merge([part([9, 8], 'a', true), part([7, 6], 'b')]))).toEqual(['a9.0', 'a8.1']);
  });

  it('does not end at a key that says that it has more and shows nothing', () => {
    expect(idsOf(merge([part([], 'a', true), part([7, 6], 'b')]))).toEqual(['b7.0', 'b6.1']);
  });

  it('shows an object that two keys have once, and both are past it then', () => {
    const same = [item('x', 5), item('y', 5), item('z', 4)];
    const parts = [
      { items: same, hasMore: false },
      { items: same, hasMore: false },
    ];
    expect(idsOf(merge(parts))).toEqual(['x', 'y', 'z']);
    const first = merge(parts, { limit: 2 });
    expect(first).toMatchObject({
      hasMore: true,
      used: [
        [0, 2],
        [0, 2],
      ],
    });
  });

  it('shows items that have no id', () => {
    expect(merge([{ items: [item(undefined, 2), item(undefined, 2)], hasMore: false }]).items).toHaveLength(
      2,
    );
  });

  it('keeps the order of a key, whatever it is by', () => {
    expect(idsOf(merge([part([1, 9, 5], 'a'), part([6], 'b')]))).toEqual(['b6.0', 'a1.0', 'a9.1', 'a5.2']);
  });

  it('before a cursor is what stands nearest to it', () => {
    const parts = [part([9, 7], 'a'), part([8, 6], 'b')];
    const list = merge(parts, { limit: 2, before: 'x' });
    expect(idsOf(list)).toEqual(['a7.1', 'b6.1']);
    expect(list).toMatchObject({
      hasMore: true,
      used: [
        [1, 2],
        [1, 2],
      ],
    });
  });

  it('before a cursor passes over nothing of a key that has more before its page', () => {
    const parts = [part([9, 8], 'a'), part([7], 'b', true)];
    expect(idsOf(merge(parts, { before: 'x' }))).toEqual(['b7.0']);
  });

  it('is put together in slices', () => {
    const merging = mergedList(
      [
        part(
          Array.from({ length: 2_000 }, () => 1),
          'a',
        ),
      ],
      {
        ...QUESTION,
        limit: 2_000,
      },
    );
    expect(merging.next().done).toBe(false);
  });

  it('says its cursors, whether there is more, and how many there are', () => {
    const totals = summedTotals([
      { totals: new Map([['total', 2]]) },
      {
        totals: new Map([
          ['total', 3],
          ['count', 1],
        ]),
      },
    ]);
    const [head, tail] = listFrame(merge([part([9, 7], 'a')]), totals);
    expect(JSON.parse(head + tail)).toEqual({
      object: 'list',
      data: [],
      first_id: 'a9.0',
      last_id: 'a7.1',
      has_more: false,
      total: 5,
      count: 1,
    });
    expect(JSON.parse(listFrame(merge([]), new Map()).join(''))).toEqual({
      object: 'list',
      data: [],
      first_id: null,
      last_id: null,
      has_more: false,
    });
  });
});

it('places are compared by rank, then by key; texts come after numbers', () => {
  const compare = (a: number | string, b: number | string, keys = [0, 0], isAscending = true) =>
    Math.sign(
      comparePlaces({ rank: a, keyIndex: keys[0] ?? 0 }, { rank: b, keyIndex: keys[1] ?? 0 }, isAscending),
    );
  expect([compare(1, 2), compare(1, 2, [0, 0], false), compare(1, 1, [0, 2], false)]).toEqual([-1, 1, -1]);
  expect([compare('a', 'b'), compare('a', 'a', [1, 0]), compare(9, 'a'), compare('a', 9)]).toEqual([
    -1, 1, -1, 1,
  ]);
});
