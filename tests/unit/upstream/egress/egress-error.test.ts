import { expect, it } from 'vitest';
import { EgressError, egressFailureAt } from '../../../../lib/upstream/egress/egress-error';

it.each(['egress', 'upstream'] as const)('it tells that it happened on the side of the %s, and why', (at) => {
  const cause = new Error('reset');
  const error = new EgressError(at, 'no way', cause);
  expect(error).toMatchObject({ code: 'EGRESS_FAILED', message: 'no way', cause });
  expect(egressFailureAt(error)).toBe(at);
});

it('it is known by its code, whichever copy of the module made it', () => {
  expect(egressFailureAt({ code: 'EGRESS_FAILED', at: 'upstream' })).toBe('upstream');
});

it.each([
  undefined,
  'EGRESS_FAILED',
  new Error('x'),
  { code: 'EGRESS_FAILED' },
  { code: 'EGRESS_FAILED', at: 'here' },
  { code: 'ECONNRESET', at: 'egress' },
])('nothing else is taken for one: %j', (error) => {
  expect(egressFailureAt(error)).toBeUndefined();
});
