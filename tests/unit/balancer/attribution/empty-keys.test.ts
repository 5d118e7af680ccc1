import { describe, expect, it } from 'vitest';
import {
  answered,
  bigPool,
  EventLog,
  keyConfig,
  keyOf,
  poolOf,
  QUOTA,
  run,
  settle,
  shortageOf,
  START_MS as NOW,
  take,
  takeKey,
  TestClock,
  use,
} from '../support';
import type { Pool } from '../../../../lib/balancer/pool/pool';

const EMPTY = answered(429, {}, QUOTA);
const OK = answered(200);

/** `failures` of each key, and whether it rests. */
function standings(pool: Pool, now: number): string {
  return pool.keys
    .map(({ failures, cooldown, disabled }) => {
      const rest = cooldown.until > now ? 'r' : '';
      return disabled === undefined ? `${failures}${rest}` : 'disabled';
    })
    .join(' ');
}

/** Asks the provider whenever it may be asked, from `from` on, for so long; returns how often and when it was over. */
function askOn(pool: Pool, from: number, ms: number): { readonly asked: number; readonly now: number } {
  let asked = 0;
  let now = from;
  while (now < from + ms && pool.breaker.state !== 'closed') {
    now += shortageOf(pool, now).retryAfterMs!;
    settle(pool, take(pool, now), EMPTY, now);
    asked += 1;
  }
  return { asked, now };
}

describe('keys that are out of money all at once', () => {
  it('lose nothing: the provider is asked again within 1.5 s, and serves with all of them', () => {
    const pool = poolOf('abcdef');
    const leases = [...'abcdefabcdef'].map((keyId) => takeKey(pool, keyId, NOW));
    for (const lease of leases) settle(pool, lease, EMPTY, NOW + 150);
    expect(pool.breaker).toMatchObject({ state: 'open', cause: 'shared_cause' });
    expect(standings(pool, NOW + 150)).toBe('0 0 0 0 0 0');
    const { now } = askOn(pool, NOW + 150, 3_000);

    const waitMs = shortageOf(pool, now).retryAfterMs!;
    expect(waitMs).toBeLessThanOrEqual(1_500);
    settle(pool, take(pool, now + waitMs), OK, now + waitMs);
    expect(pool.breaker.state).toBe('closed');
    expect(standings(pool, now + waitMs)).toBe('0 0 0 0 0 0');
  });

  it('lose nothing to a key that was not asked before, once the provider has failed when it was tested', () => {
    const pool = bigPool(30);
    for (const { config } of pool.keys.slice(0, 10)) use(pool, config.keyId, EMPTY, NOW);
    expect(pool.breaker.state).toBe('open');
    const { now } = askOn(pool, NOW, 2_000);
    const at = now + shortageOf(pool, now).retryAfterMs!;
    settle(pool, take(pool, at), OK, at);
    expect(pool.keys.filter(({ cooldown }) => cooldown.until > at)).toEqual([]);
  });

  it('pay for it if the first test is answered: then it was the keys', () => {
    const pool = bigPool(30);
    for (const { config } of pool.keys.slice(0, 10)) use(pool, config.keyId, EMPTY, NOW);
    settle(pool, take(pool, NOW + 1_000), OK, NOW + 1_000);
    expect(pool.keys.filter(({ cooldown }) => cooldown.until >= NOW + 600_000)).toHaveLength(10);
  });

  it('in one request alone are tried again after 2 s, and no breaker opens', async () => {
    const pool = poolOf('abcdef');
    const clock = new TestClock();
    await run(pool, () => EMPTY, {}, clock);
    expect(pool.breaker.state).toBe('closed');
    expect(shortageOf(pool, clock.now()).retryAfterMs).toBe(2_000);
    clock.advance(2_000);
    const { result } = await run(pool, () => OK, {}, clock);
    expect(result.kind).toBe('commit');
    expect(standings(pool, clock.now())).toBe('0 0 0 0 0 0');
  });

  it('and rest with others of their account have no more than a moment’s rest either', () => {
    const pool = poolOf('');
    pool.setKeys(
      [...'abcdef'].map((keyId) => keyConfig(keyId, { account: 'abc'.includes(keyId) ? 'one' : 'two' })),
      () => undefined,
    );
    const late = takeKey(pool, 'e', NOW);
    use(pool, 'a', EMPTY, NOW);
    settle(pool, late, EMPTY, NOW);
    expect(shortageOf(pool, NOW).retryAfterMs).toBe(2_000);
    use(pool, 'b', OK, NOW + 2_000);
    expect(standings(pool, NOW + 2_000)).toBe('0 0 0 0 0 0');
  });

  it('are believed when the answers name the time until which they have none', () => {
    const pool = poolOf('abcdef');
    for (const keyId of 'abcdef') {
      use(pool, keyId, answered(429, { 'retry-after': '3600' }, QUOTA), NOW);
    }
    expect(pool.breaker.state).toBe('closed');
    expect(shortageOf(pool, NOW).retryAfterMs).toBe(3_600_000);
  });
});

describe('keys that are really empty, all of them', () => {
  it('are asked for a minute and then left alone for as long as one that is empty among others', () => {
    const events = new EventLog();
    const pool = poolOf('abcdef', {}, events);
    for (const keyId of 'abc') use(pool, keyId, EMPTY, NOW);
    const { asked, now } = askOn(pool, NOW, 120_000);
    expect(asked).toBeLessThanOrEqual(42);
    expect(now - NOW).toBeLessThan(64_000);
    expect(pool.breaker.state).toBe('closed');
    expect(shortageOf(pool, now).retryAfterMs).toBeGreaterThan(300_000);
    expect(standings(pool, now)).toBe('1r 1r 1r 1r 1r 1r');
    expect(events.keyChanges.slice(-7)).toContain('a penalised');
  });

  it('are out of use after failures of as many separate rests as any', () => {
    const pool = poolOf('abcdef');
    for (const keyId of 'abc') use(pool, keyId, EMPTY, NOW);
    let { now } = askOn(pool, NOW, 120_000);
    for (let hours = 1; hours <= 2; hours += 1) {
      now += 3_600_000;
      for (const keyId of 'abcdef') use(pool, keyId, EMPTY, now);
    }
    expect(standings(pool, now)).toBe('disabled disabled disabled disabled disabled disabled');
  });

  it('are left alone too when nobody but the gateway asks any more', () => {
    const pool = poolOf('abcdef');
    for (const keyId of 'abc') use(pool, keyId, EMPTY, NOW);
    const seen = pool.outage.failures[0]!;
    const asked = { outcome: EMPTY, detail: undefined, isLike: true, isWhole: false };
    expect(pool.askedAfter(seen, asked, NOW + 30_000)).toBe('failing');
    expect(pool.breaker.state).not.toBe('closed');
    pool.askedAfter(seen, asked, NOW + 61_000);
    expect(pool.breaker.state).toBe('closed');
    expect([...'abc'].map((keyId) => keyOf(pool, keyId).failures)).toEqual([1, 1, 1]);
    expect(pool.outage.isInQuestion(NOW + 61_000)).toBe(false);
  });

  it('by few requests are believed after a minute as well', async () => {
    const pool = poolOf('abcdef');
    const clock = new TestClock();
    await run(pool, () => EMPTY, {}, clock);
    clock.advance(40_000);
    await run(pool, () => EMPTY, {}, clock);
    clock.advance(40_000);
    await run(pool, () => EMPTY, {}, clock);
    expect(shortageOf(pool, clock.now()).retryAfterMs).toBeGreaterThan(300_000);
  });

  it('are in question again once one has been served, or a person has said so', () => {
    const pool = poolOf('abcdef');
    for (const keyId of 'abc') use(pool, keyId, EMPTY, NOW);
    const { now } = askOn(pool, NOW, 120_000);
    for (const keyId of 'abcdef') pool.reset(keyId);
    for (const keyId of 'abc') use(pool, keyId, EMPTY, now);
    expect(pool.breaker.state).toBe('open');
  });
});
