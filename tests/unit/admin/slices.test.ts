import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sortedPart } from '../../../lib/admin/slices';

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
