import { describe, expect, it } from 'vitest';
import { poolBehind } from '../egress-support';
import { answered, EventLog, keyOf, poolOf, QUOTA, shortageOf, START_MS as NOW, take, use } from '../support';

const ALIVE = { isAlive: true } as const;
const REJECTED = { isAlive: false, status: 403, reason: '403 suspended', mayDisable: true } as const;

/** A pool whose key `a` the program has disabled for a 401. */
function withDisabledKey(events = new EventLog()) {
  const pool = poolOf('a', { maxFailures: 1 }, events);
  use(pool, 'a', answered(401), NOW);
  events.keyChanges.length = 0;
  return pool;
}

describe('a key that the program disabled', () => {
  it('is back in the rotation at once when it is alive, without rest and with a clean record', () => {
    const events = new EventLog();
    const pool = withDisabledKey(events);
    expect(shortageOf(pool, NOW).reason).toBe('all_disabled');
    expect(pool.probed('a', ALIVE, NOW)).toBe('recovered');
    expect(take(pool, NOW).key.config.keyId).toBe('a');
    expect(keyOf(pool, 'a')).toMatchObject({ disabled: undefined, failures: 0 });
    expect(events.keyChanges).toEqual(['a recovered']);
  });

  it('does not go on resting for the quota it ran out of', () => {
    const pool = poolOf('a', { maxFailures: 1 });
    use(pool, 'a', answered(429, {}, QUOTA), NOW);
    pool.probed('a', ALIVE, NOW);
    expect(take(pool, NOW).key.config.keyId).toBe('a');
  });

  it('stays out when it is rejected, and keeps the newest reason', () => {
    const events = new EventLog();
    const pool = withDisabledKey(events);
    const later = NOW + 60_000;
    expect(pool.probed('a', { ...REJECTED, mayDisable: false }, later)).toBe('still_disabled');
    expect(keyOf(pool, 'a')).toMatchObject({
      disabled: { by: 'auto', reason: '403 suspended' },
      lastErrorAt: later,
      lastErrorStatus: 403,
    });
    expect(pool.candidates).toBe(0);
    // Written down, and not told as newly disabled.
    expect(events.keyChanges).toEqual(['a penalised']);
  });
});

it('keys that come back do not put the blame for their rejection on the proxy they were rejected through', () => {
  const { pool, egresses } = poolBehind('ab', 12, { maxFailures: 1 });
  for (const { config } of pool.keys.slice(0, 3)) {
    use(pool, config.keyId, answered(401), NOW);
    pool.probed(config.keyId, ALIVE, NOW);
    use(pool, config.keyId, answered(200), NOW);
  }
  for (const egress of egresses.states) expect(egress.breaker.state).toBe('closed');
  for (const egress of egresses.states) expect(egress.contradictions.isEmpty).toBe(true);
});

describe('a key in the rotation', () => {
  it('that is rejected is disabled if it may be', () => {
    const events = new EventLog();
    const pool = poolOf('ab', {}, events);
    expect(pool.probed('a', REJECTED, NOW)).toBe('disabled');
    expect(keyOf(pool, 'a')).toMatchObject({
      disabled: { by: 'auto', reason: '403 suspended' },
      failures: 1,
    });
    expect(pool.candidates).toBe(1);
    expect(events.keyChanges).toEqual(['a disabled']);
  });

  it('that is rejected stays as it is otherwise', () => {
    const events = new EventLog();
    const pool = poolOf('a', {}, events);
    expect(pool.probed('a', { ...REJECTED, mayDisable: false }, NOW)).toBe('none');
    expect(keyOf(pool, 'a')).toMatchObject({ disabled: undefined, failures: 0, lastErrorAt: undefined });
    expect(events.keyChanges).toEqual([]);
  });

  it('that is alive loses its failures but rests on', () => {
    const pool = poolOf('a');
    use(pool, 'a', answered(401), NOW);
    expect(pool.probed('a', ALIVE, NOW)).toBe('cleared');
    expect(keyOf(pool, 'a').failures).toBe(0);
    expect(shortageOf(pool, NOW).reason).toBe('all_cooling');
  });

  it('that is alive and has nothing against it does not change', () => {
    const events = new EventLog();
    expect(poolOf('a', {}, events).probed('a', ALIVE, NOW)).toBe('none');
    expect(events.keyChanges).toEqual([]);
  });
});

it.each([
  ['alive', ALIVE],
  ['rejected', REJECTED],
])('what a person has disabled stays as it is when it is %s', (_what, proof) => {
  const events = new EventLog();
  const pool = poolOf('a', {}, events);
  pool.disable('a', 'mine');
  events.keyChanges.length = 0;
  expect(pool.probed('a', proof, NOW)).toBe('none');
  expect(keyOf(pool, 'a').disabled).toEqual({ by: 'manual', reason: 'mine' });
  expect(events.keyChanges).toEqual([]);
});

it('what a probe has proven is not taken back when keys fail alike later', () => {
  const pool = poolOf('abcd', { maxFailures: 1 });
  for (const keyId of ['a', 'b']) use(pool, keyId, answered(401), NOW);
  pool.probed('a', REJECTED, NOW);
  // The third key that fails alike would give `a` back what it had before its 401.
  for (const keyId of ['c', 'd']) use(pool, keyId, answered(401), NOW);
  expect(keyOf(pool, 'a').disabled).toEqual({ by: 'auto', reason: '403 suspended' });
});

it('a probe of a key that is gone does nothing', () => {
  expect(poolOf('a').probed('z', ALIVE, NOW)).toBe('none');
});
