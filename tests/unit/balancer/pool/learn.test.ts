import { describe, expect, it } from 'vitest';
import { EventLog, keyOf, poolOf } from '../support';

const MINE = { by: 'manual', reason: 'mine' } as const;
const OUT = { by: 'auto', reason: 'revoked' } as const;

describe('what a person said at another instance', () => {
  it('holds here too, and is told as learnt', () => {
    const events = new EventLog();
    const pool = poolOf('ab', {}, events);
    expect(pool.learn('a', { epoch: 1, disabled: MINE }, false)).toBe(true);
    expect(keyOf(pool, 'a')).toMatchObject({ disabled: MINE, epoch: 1 });
    expect(pool.candidates).toBe(1);
    expect(pool.learn('a', { epoch: 2, disabled: undefined }, false)).toBe(true);
    expect(pool.candidates).toBe(2);
    expect(events.keyChanges).toEqual(['a learnt', 'a learnt']);
  });

  it('ends failures; what a key rests for ends with a reset alone', () => {
    const pool = poolOf('a');
    const a = keyOf(pool, 'a');
    Object.assign(a, { failures: 2, disabled: OUT });
    a.cooldown.until = 5;
    pool.learn('a', { epoch: 1, disabled: undefined }, false);
    expect(a).toMatchObject({ failures: 0, disabled: undefined, cooldown: { until: 5 } });
    pool.learn('a', { epoch: 2, disabled: undefined }, true);
    expect(a.cooldown.until).toBe(0);
  });

  it('changes nothing if it or a newer word is known, but for a reset that is not', () => {
    const pool = poolOf('a');
    const a = keyOf(pool, 'a');
    pool.disable('a', 'mine', 3);
    expect(pool.learn('a', { epoch: 2, disabled: undefined }, true)).toBe(false);
    expect(pool.learn('a', { epoch: 3, disabled: undefined }, false)).toBe(false);
    expect(a).toMatchObject({ disabled: MINE, epoch: 3 });
    a.cooldown.until = 5;
    expect(pool.learn('a', { epoch: 3, disabled: MINE }, true)).toBe(true);
    expect(a).toMatchObject({ disabled: MINE, epoch: 3, cooldown: { until: 0 } });
  });

  it('of a key that is not there has no effect', () => {
    expect(poolOf('a').learn('gone', { epoch: 1, disabled: MINE }, true)).toBe(false);
  });
});

it('a word said here has its number, which never goes back', () => {
  const pool = poolOf('a');
  const a = keyOf(pool, 'a');
  pool.disable('a', 'mine', 4);
  expect(a.epoch).toBe(4);
  pool.reset('a', 2);
  expect(a).toMatchObject({ epoch: 4, disabled: undefined });
});
