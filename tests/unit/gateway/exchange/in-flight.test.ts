import fc from 'fast-check';
import { expect, it } from 'vitest';
import { InFlight, type Placed } from '../../../../lib/gateway/exchange/in-flight';

it('holds what was added and not removed, in whatever order that happens', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat(9))), (steps) => {
      const items: Placed[] = Array.from({ length: 10 }, () => ({ place: -1 }));
      const inFlight = new InFlight<Placed>();
      const expected = new Set<Placed>();
      for (const [isAdded, index] of steps) {
        const item = items[index]!;
        if (isAdded && !expected.has(item)) {
          inFlight.add(item);
          expected.add(item);
        } else if (!isAdded) {
          inFlight.remove(item);
          expected.delete(item);
        }
        expect(inFlight.size).toBe(expected.size);
        expect(new Set(inFlight.all())).toEqual(expected);
      }
    }),
  );
});
