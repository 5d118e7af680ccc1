import { expect, it } from 'vitest';
import { FIRST_LIMIT, nextLimit, type OutputLimit } from '../../../lib/probing/output-limit';

const cases: readonly [string, OutputLimit, string, OutputLimit | 'ran' | undefined][] = [
  [
    'the other name is asked for',
    FIRST_LIMIT,
    "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
    { max_completion_tokens: 1 },
  ],
  [
    'a minimum is named',
    FIRST_LIMIT,
    "Invalid 'max_tokens': integer below minimum value. Expected a value >= 32, but got 1 instead.",
    { max_tokens: 32 },
  ],
  [
    'a minimum of the other name is named',
    { max_completion_tokens: 1 },
    "Invalid 'max_completion_tokens': must be at least 16.",
    { max_completion_tokens: 16 },
  ],
  ['a value is refused without a minimum', FIRST_LIMIT, 'max_tokens is too small', { max_tokens: 16 }],
  [
    'the model ran into the limit',
    FIRST_LIMIT,
    'Could not finish the message because max_tokens or model output limit was reached.',
    'ran',
  ],
  ['the minimum has been tried', { max_tokens: 16 }, 'max_tokens is too small', undefined],
  ['the minimum is absurd', FIRST_LIMIT, 'max_tokens must be at least 4096', undefined],
  ['it is about something else', FIRST_LIMIT, "Unsupported parameter: 'messages'", undefined],
];

it.each(cases)('knows what to try next when %s', (_what, limit, complaint, next) => {
  expect(nextLimit(limit, complaint)).toEqual(next);
});
