import { expect, it } from 'vitest';
import { maskOf, withShortMasks } from '../../../../lib/upstream/redaction/mask';

it('what stands for a secret has its length, and shows no more than its hint does', () => {
  expect(maskOf('sk-abc...wxyz', 16)).toBe('sk-abc******wxyz');
  expect(maskOf(undefined, 7)).toBe('*******');
});

it.each(['sk-abc...', 'no hint', 'a...b...c', 'a"b...cd', 'sk-abcdef...uvwxyz'])(
  'a hint that shows all of it, or that could break what it stands in, shows nothing: %s',
  (hint) => expect(maskOf(hint, 12)).toBe('*'.repeat(12)),
);

it('people read a short mask, and short runs of stars stay as they are', () => {
  expect(withShortMasks('key sk-abc******wxyz, 2***3')).toBe('key sk-abc...wxyz, 2***3');
});
