import { expect, it } from 'vitest';
import { switchKey } from '../../../../lib/balancer/pool/switch-key';
import { keyOf, poolOf } from '../support';

it('a person takes a key out, lets it in again and starts it afresh', () => {
  const pool = poolOf('ab');
  const a = keyOf(pool, 'a');
  expect(switchKey(pool, 'disable', 'a')).toBe(true);
  expect(a.disabled).toEqual({ by: 'manual', reason: 'disabled by a person' });
  a.cooldown.until = 5;
  expect(switchKey(pool, 'enable', 'a')).toBe(true);
  expect(a).toMatchObject({ disabled: undefined, cooldown: { until: 5 } });
  expect(switchKey(pool, 'reset', 'a')).toBe(true);
  expect(a.cooldown.until).toBe(0);
  expect(keyOf(pool, 'b').disabled).toBeUndefined();
});

it.each(['disable', 'enable', 'reset'] as const)(
  '%s of a key that is not there is answered with false',
  (action) => {
    expect(switchKey(poolOf('a'), action, 'x')).toBe(false);
    expect(switchKey(undefined, action, 'a')).toBe(false);
  },
);
