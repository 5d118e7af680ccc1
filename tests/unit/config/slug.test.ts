import { describe, expect, it } from 'vitest';
import { reasonAgainstSlug, slugFromName } from '../../../lib/config/slug';

describe('slug', () => {
  it.each(['openai', 'hf', 'a', '0', 'my-provider_2.x', 'default', 'a'.repeat(63)])('accepts %s', (slug) => {
    expect(reasonAgainstSlug(slug)).toBeUndefined();
  });

  it.each(['', '.well-known', '_next', '_next2', '-a', 'A', 'a/b', 'a b', 'ä', 'a'.repeat(64)])(
    'refuses "%s" for its characters',
    (slug) => {
      expect(reasonAgainstSlug(slug)).toContain('must be');
    },
  );

  it.each(
    'api v1 login logout keys providers proxies logs settings health ready metrics favicon.ico robots.txt'.split(
      ' ',
    ),
  )('refuses %s because it would hide a page or path', (slug) => {
    expect(reasonAgainstSlug(slug)).toContain('reserved');
  });

  it.each([
    ['OpenAI (EU)', 'openai-eu'],
    ['  Café No. 2  ', 'cafe-no.-2'],
    ['_next', 'next'],
    ['x'.repeat(80), 'x'.repeat(63)],
    ['硅基流动', ''],
  ])('makes %s into %s', (name, slug) => {
    expect(slugFromName(name)).toBe(slug);
  });
});
