import fc from 'fast-check';
import { expect, it } from 'vitest';
import { forEachInSlices, sortedPart } from '../../../lib/admin/slices';

it('any part is the very part of the whole sorted list', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 60 }),
      fc.constantFrom('asc' as const, 'desc' as const),
      fc.nat(70),
      fc.nat(20),
      async (values, order, start, size) => {
        const items = values.map((value, id) => ({ value, id }));
        const sign = order === 'asc' ? 1 : -1;
        const whole = [...items].sort((a, b) => sign * (a.value - b.value || a.id - b.id));
        const part = await sortedPart(items, {
          valueOf: ({ value }) => value,
          order,
          start,
          size,
        });
        expect(part).toEqual(whole.slice(start, start + size));
      },
    ),
  );
});

it('lists and other things to go through are seen whole and in order, and others have their turn between', async () => {
  const all = Array.from({ length: 10 }, (_, index) => index);
  for (const items of [all, new Set(all)]) {
    const seen: (number | string)[] = [];
    setImmediate(() => seen.push('another'));
    await forEachInSlices(items, (item) => seen.push(item), 4);
    expect(seen).toEqual([0, 1, 2, 3, 'another', 4, 5, 6, 7, 8, 9]);
  }
});

it('of a list what comes in meanwhile is seen too', async () => {
  const items = [1, 2];
  const seen: number[] = [];
  const done = forEachInSlices(items, (item) => seen.push(item), 2);
  items.push(3);
  await done;
  expect(seen).toEqual([1, 2, 3]);
});
