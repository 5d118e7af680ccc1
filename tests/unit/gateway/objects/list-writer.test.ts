import { expect, it } from 'vitest';
import { listText, tellItems, type ListText } from '../../../../lib/gateway/objects/list-writer';
import type { MergedItem } from '../../../../lib/openai/objects/merged-list';

function done<T>(work: Generator<void, T>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}
const itemOf = (text: string, keyIndex = 0): MergedItem => {
  const bytes = Buffer.from(`..${text}..`);
  const id = (JSON.parse(text) as { id?: string }).id;
  return { item: { bytes, start: 2, end: bytes.length - 2, id, rank: 0 }, keyIndex };
};
const textOf = ({ pieces, bytes }: ListText) => {
  const whole = Buffer.concat(pieces);
  expect(whole).toHaveLength(bytes);
  return whole.toString();
};

it.each([0, 1, 65_520, 65_521, 65_535, 65_536, 65_537, 200_000])(
  'a list has its items as they are, %i bytes long, between its head and its tail',
  (length) => {
    const items = ['a', 'ä', 'c'].map((id) => JSON.stringify({ id, x: 'x'.repeat(length) }));
    const text = textOf(
      done(
        listText(
          items.map((item) => itemOf(item)),
          ['[', ']'],
        ),
      ),
    );
    expect(text).toBe(`[${items.join(',')}]`);
  },
);

it('each key is told of its own objects and of those that they name, large ones too', () => {
  const told = new Map<number, string[]>();
  const large = { id: 'batch_3', x: 'x'.repeat(100_000), input_file_id: 'file-3' };
  const items = [
    itemOf('{"id":"batch_1","input_file_id":"file-1"}'),
    itemOf('{"id":"batch_2"}', 1),
    itemOf(JSON.stringify(large)),
  ];
  done(
    tellItems(items, (ids, keyIndex) => {
      told.set(keyIndex, [...(told.get(keyIndex) ?? []), ...ids]);
    }),
  );
  expect(told.get(0)).toEqual(['batch_1', 'file-1', 'batch_3', 'file-3']);
  expect(told.get(1)).toEqual(['batch_2']);
});
