import type { z } from 'zod';

/** Zod's own words, which no schema of ours has replaced. */
const ZODS_OWN = /^(Invalid|Too (small|big)|Unrecognized|Expected|Required)\b/;

/** What is wrong with a field, in short words: those of the schema, or ours in place of zod's own. */
export function messageOf(issue: z.core.$ZodIssue): string {
  return ZODS_OWN.test(issue.message) ? wordsFor(issue) : issue.message;
}

function wordsFor(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined && issue.message.includes('received undefined')
        ? 'is missing'
        : `must be ${KINDS[issue.expected] ?? 'of another kind'}`;
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return tooSmall(issue.origin, String(issue.minimum));
    case 'too_big':
      return tooBig(issue.origin, String(issue.maximum));
    case 'invalid_format':
      return 'has the wrong form';
    default:
      return 'is wrong';
  }
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
};

function tooSmall(origin: string, min: string): string {
  if (origin === 'string') return min === '1' ? 'must not be empty' : `must be ${min} characters at least`;
  if (origin === 'array') return min === '1' ? 'must not be empty' : `must have ${min} items at least`;
  return `must be at least ${min}`;
}

function tooBig(origin: string, max: string): string {
  if (origin === 'string') return `must be ${max} characters at most`;
  return origin === 'array' ? `must have ${max} items at most` : `must be at most ${max}`;
}
