import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Rotation } from '../../../../lib/balancer/pool/rotation';
import { keyState } from '../support';

it('a rotation holds exactly the keys that are not disabled, each at its index', () => {
  const change = fc.record({ index: fc.nat(9), action: fc.constantFrom('enable', 'disable', 'remove') });
  fc.assert(
    fc.property(fc.array(change), (changes) => {
      const keys = Array.from({ length: 10 }, (_, i) => keyState(`k${i}`));
      const expected = new Set<unknown>();
      const rotation = new Rotation();
      for (const { index, action } of changes) {
        const key = keys[index]!;
        if (action === 'enable') key.disabled = undefined;
        if (action === 'disable') key.disabled = { by: 'auto', reason: '' };
        if (action === 'remove') rotation.remove(key);
        else rotation.place(key);
        if (action === 'enable') expected.add(key);
        else expected.delete(key);

        expect(new Set(rotation.keys)).toEqual(expected);
        expect(rotation.keys).toHaveLength(expected.size);
        rotation.keys.forEach((member, i) => expect(member.rotationIndex).toBe(i));
        for (const other of keys) if (!expected.has(other)) expect(other.rotationIndex).toBe(-1);
      }
    }),
  );
});
