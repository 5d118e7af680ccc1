import { expect, it } from 'vitest';
import { TEXT_MAX, waysOf } from '../../../lib/pricing/safe-pattern';

it.each([
  ['^gpt-5\\.4-\\d{4}-\\d{2}$', 1],
  ['gpt', TEXT_MAX],
  ['^a|b', 1 + TEXT_MAX],
  ['^o[134]', 1],
  ['^a?b?', 4],
  ['^(a)?(?:b|c|d)', 6],
  ['^[^/]+x', TEXT_MAX],
  ['^a{2,}', TEXT_MAX],
  ['^a{2,4}?', 3],
  ['^.*-x$', TEXT_MAX],
  ['^(?!.*-[tT][tT][sS](?:$|-))', 2 * TEXT_MAX],
  ['^https://(.*\\.)?googleapis\\.com', TEXT_MAX + 1],
  ['^composer-2\\.5\\[fast=false\\]$', 1],
])('%s has %d ways at most', (pattern, ways) => expect(waysOf(pattern)).toBe(ways));

it.each([
  ...['(a|a)+', '(a)*', '(a){2}', '(?:a){2,}', '(a+)+', '((a|b)c)*', '(?=a)?', '(a)??'],
  ...['(a)\\1', '(?<n>a)\\k<n>', '(?<=a)b', '(?<!a)b', '\\u0061', '\\x61', 'a{65}'],
  ...['(', ')', 'a)', '[', 'a**', '*', '[a', '[]', 'a{', 'a{1', '\\', '{1}'],
])('%s is not matched', (pattern) => expect(waysOf(pattern)).toBeUndefined());
