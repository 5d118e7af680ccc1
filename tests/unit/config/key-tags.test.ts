import { expect, it } from 'vitest';
import { changedTags, isTag, tagNames, tagTest, withoutRepeats } from '../../../lib/config/key-tags';

it.each(['a', 'team a', 'ä🚀', 'x;y|z', 'x'.repeat(40)])('takes %s for a tag', (text) => {
  expect(isTag(text)).toBe(true);
});

it.each(['', ' a', 'a ', 'a,b', 'a\nb', 'a\u0000', 'a\u2028b', 'x'.repeat(41)])('refuses %j', (text) => {
  expect(isTag(text)).toBe(false);
});

it('tags that differ in case alone are one, as it was written first', () => {
  expect(withoutRepeats(['Prod', 'prod', 'Ä', 'a\u0308', 'PROD'])).toEqual(['Prod', 'Ä']);
});

it('adds and takes away without regard to case, and never more than twenty', () => {
  expect(changedTags(['Prod', 'Test'], { add: ['PROD', 'new'], remove: ['TEST'] })).toEqual(['Prod', 'new']);
  const twenty = Array.from({ length: 20 }, (_, index) => `t${index}`);
  expect(changedTags(twenty, { add: ['one more'], remove: [] })).toBeUndefined();
  expect(changedTags(twenty, { add: ['one more'], remove: ['T3'] })).toHaveLength(20);
});

it('passes keys that have all of the tags that are asked for, and all keys where none is', () => {
  const test = tagTest(tagNames(' Prod, ,team A'));
  expect([['prod', 'Team a', 'x'], ['prod'], []].map(test)).toEqual([true, false, false]);
  expect(tagTest(tagNames(''))([])).toBe(true);
});
