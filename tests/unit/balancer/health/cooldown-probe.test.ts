import { describe, expect, it } from 'vitest';
import { isBeingProbed, isUnproven, startProbe } from '../../../../lib/balancer/health/cooldown-probe';
import { ANSWER } from '../../../../lib/balancer/facts';
import { newCooldown, type Cooldown, type KeyState } from '../../../../lib/balancer/pool/key-state';
import type { Pool } from '../../../../lib/balancer/pool/pool';
import type { Outcome } from '../../../../lib/balancer/attempts/verdict';
import { keyOf, keyState, poolOf, settle, START_MS as NOW, take } from '../support';

const MODEL = 'gpt-4o';
const OVER_AT = NOW + 2_000;
const resting = (): Cooldown => ({ ...newCooldown(OVER_AT), inARow: 1 });

function keyResting(which: { readonly whole?: Cooldown; readonly model?: Cooldown }): KeyState {
  return keyState('a', {
    ...(which.whole && { cooldown: which.whole }),
    ...(which.model && { modelCooldowns: new Map([[MODEL, which.model]]) }),
  });
}

describe('a key', () => {
  it.each(['whole', 'model'])('is unproven from the end of its cooldown on, until a success: %s', (which) => {
    const cooldown = resting();
    const key = keyResting({ [which]: cooldown });
    expect(isUnproven(key, MODEL, OVER_AT - 1)).toBe(false);
    expect(startProbe(key, MODEL, OVER_AT - 1)).toBeUndefined();
    expect(isUnproven(key, MODEL, OVER_AT)).toBe(true);
    cooldown.inARow = 0;
    expect(isUnproven(key, MODEL, OVER_AT)).toBe(false);
    expect(startProbe(key, MODEL, OVER_AT)).toBeUndefined();
  });

  it.each(['whole', 'model'])('is probed by one request at a time: %s', (which) => {
    const key = keyResting({ [which]: resting() });
    expect(isBeingProbed(key, MODEL, OVER_AT)).toBe(false);
    const probe = startProbe(key, MODEL, OVER_AT);
    expect(isBeingProbed(key, MODEL, OVER_AT)).toBe(true);
    expect(startProbe(key, MODEL, OVER_AT)).toBeUndefined();
    probe?.answer();
    expect(isBeingProbed(key, MODEL, OVER_AT)).toBe(false);
    expect(startProbe(key, MODEL, OVER_AT)).toBeDefined();
  });

  it('is probed by another request when one is silent for 4 s, and that one\u2019s end changes nothing then', () => {
    const key = keyResting({ whole: resting() });
    const stuck = startProbe(key, MODEL, OVER_AT);
    expect(isBeingProbed(key, MODEL, OVER_AT + 3_999)).toBe(true);
    expect(isBeingProbed(key, MODEL, OVER_AT + 4_000)).toBe(false);
    startProbe(key, MODEL, OVER_AT + 4_000);
    stuck?.answer();
    expect(isBeingProbed(key, MODEL, OVER_AT + 4_001)).toBe(true);
  });

  it('is no longer probed once another request\u2019s success has shown that it is healthy', () => {
    const cooldown = resting();
    const key = keyResting({ model: cooldown });
    startProbe(key, MODEL, OVER_AT);
    cooldown.inARow = 0;
    expect(isBeingProbed(key, MODEL, OVER_AT)).toBe(false);
  });

  it('is probed as a whole and for the model by the same request', () => {
    const key = keyResting({ whole: resting(), model: resting() });
    const probe = startProbe(key, MODEL, OVER_AT);
    expect([isBeingProbed(key, MODEL, OVER_AT), isBeingProbed(key, 'other', OVER_AT)]).toEqual([true, true]);
    probe?.answer();
    expect([isBeingProbed(key, MODEL, OVER_AT), isBeingProbed(key, 'other', OVER_AT)]).toEqual([
      false,
      false,
    ]);
  });

  it('rests again if its probe is limited, and is probed once more after that', () => {
    const cooldown = resting();
    const key = keyResting({ model: cooldown });
    startProbe(key, MODEL, OVER_AT)?.answer();
    cooldown.inARow = 2;
    cooldown.until = OVER_AT + 1_000;
    expect(isUnproven(key, MODEL, OVER_AT + 999)).toBe(false);
    expect(startProbe(key, MODEL, OVER_AT + 1_000)).toBeDefined();
    expect(startProbe(key, MODEL, OVER_AT + 1_000)).toBeUndefined();
  });

  it('is probed for its model only if it rested for that', () => {
    const key = keyResting({ model: resting() });
    startProbe(key, MODEL, OVER_AT);
    expect([isUnproven(key, 'other', OVER_AT), isBeingProbed(key, 'other', OVER_AT)]).toEqual([false, false]);
  });
});

const OK: Outcome = { kind: 'answer', status: 200, facts: ANSWER };

/** The key `a` has rested for two seconds. */
function rested(keyIds: string): Pool {
  const pool = poolOf(keyIds);
  rest(pool, 'a');
  return pool;
}
function rest(pool: Pool, keyId: string): void {
  keyOf(pool, keyId).modelCooldowns = new Map([[MODEL, resting()]]);
}
const taken = (pool: Pool, times: number, now = OVER_AT) =>
  Array.from({ length: times }, () => take(pool, now)).map((lease) => lease.key.config.keyId);

describe('a key of a pool whose cooldown is over', () => {
  it('gets one request first; the others pass it over until that is answered', () => {
    const pool = rested('ab');
    const leases = Array.from({ length: 6 }, () => take(pool, OVER_AT));
    const [probing, ...more] = leases.filter(({ key }) => key.config.keyId === 'a');
    expect(more).toEqual([]);
    expect(leases.at(-1)?.skipped).toMatchObject([{ keyId: 'a' }]);
    if (probing) settle(pool, probing, OK, OVER_AT + 100);
    expect(taken(pool, 4, OVER_AT + 100).filter((keyId) => keyId === 'a')).toHaveLength(2);
  });

  it('gets the next one at once if that request says nothing about it', () => {
    const pool = rested('ab');
    const probing = [take(pool, OVER_AT), take(pool, OVER_AT)].find(({ key }) => key.config.keyId === 'a');
    if (probing) settle(pool, probing, { kind: 'client_closed' }, OVER_AT + 100);
    expect(taken(pool, 4, OVER_AT + 200).filter((keyId) => keyId === 'a')).toHaveLength(1);
  });

  it('does not wait for ever for an answer', () => {
    const pool = rested('ab');
    expect(taken(pool, 4).filter((keyId) => keyId === 'a')).toHaveLength(1);
    expect(taken(pool, 4, OVER_AT + 3_999)).not.toContain('a');
    expect(taken(pool, 4, OVER_AT + 4_000)).toContain('a');
  });

  it('serves more than one if there is no other key: to wait would help nobody', () => {
    expect(taken(rested('a'), 3)).toEqual(['a', 'a', 'a']);
  });

  it('is no risk for a request that has failed once, as long as there is another', () => {
    const pool = rested('abc');
    rest(pool, 'b');
    const [a, b, c] = [keyOf(pool, 'a'), keyOf(pool, 'b'), keyOf(pool, 'c')];
    const next = Array.from({ length: 3 }, () => take(pool, OVER_AT, { tried: new Set([a]) }));
    expect(next.map((lease) => lease.key)).toEqual([c, c, c]);
    expect(next.flatMap(({ skipped }) => skipped)).toContainEqual(
      expect.objectContaining({ keyId: 'b', reason: 'unproven' }),
    );
    expect(take(pool, OVER_AT, { tried: new Set([a, c]) }).key).toBe(b);
  });

  it('is probed for its model only', () => {
    const pool = rested('ab');
    taken(pool, 4);
    const other = Array.from({ length: 4 }, () => take(pool, OVER_AT, { model: 'other' }));
    expect(other.filter(({ key }) => key.config.keyId === 'a')).toHaveLength(2);
  });
});
