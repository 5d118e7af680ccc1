import { describe, expect, it, vi } from 'vitest';
import { runAttempts } from '../../../../lib/balancer/attempts/attempt-loop';
import type { Lease } from '../../../../lib/balancer/pool/lease';
import type { Pool } from '../../../../lib/balancer/pool/pool';
import type { Outcome } from '../../../../lib/balancer/attempts/verdict';
import { poolBehind } from '../egress-support';
import { answerOf, egressOf, OK, PROXY_DOWN } from '../egress/support';
import { request, SeededRandom, shortageOf, START_MS as NOW, take, TestClock, use } from '../support';

/** The provider takes the proxy's address for a reason to reject whatever key comes from there. */
const BANNED = answerOf(403, 'key', { code: 'blocked', message: 'Your address is blocked' });
const REJECTED = answerOf(401, 'key');

/** Runs one request whose attempts end as the proxies do; resolves with the result and the ways that were tried. */
async function send(
  pool: Pool,
  outcomeOf: (egressId: string, keyId: string) => Outcome,
  clock = new TestClock(),
) {
  const ways: string[] = [];
  const transport = {
    dial: async (_pool: Pool, { key, egress }: Lease) => {
      const egressId = egress?.egress.config.egressId ?? 'direct';
      ways.push(egressId);
      const outcome = outcomeOf(egressId, key.config.keyId);
      return { outcome, answer: outcome.kind === 'answer' ? outcome : undefined };
    },
    discard: () => undefined,
  };
  const ports = { clock, random: new SeededRandom() };
  const result = await clock.drive(runAttempts(request(), [{ pool }], transport, ports));
  return { result, ways };
}

describe('a request', () => {
  it('goes on through another proxy, without counting an attempt, as long as one is left', async () => {
    const { pool } = poolBehind('abcd', 1, { maxRetries: 0 });
    const { result, ways } = await send(pool, (egressId) => (egressId === 'd' ? OK : PROXY_DOWN));
    expect(result.kind).toBe('commit');
    expect(new Set(ways).size).toBe(ways.length);
    expect(ways.at(-1)).toBe('d');
    expect(pool.keys[0]).toMatchObject({ failures: 0, inFlight: 1, disabled: undefined });
    expect(pool.breaker.state).toBe('closed');
  });

  it('fails with the proxy\u2019s failure when every proxy has been tried once', async () => {
    const { pool } = poolBehind('abc', 5);
    const { result, ways } = await send(pool, () => PROXY_DOWN);
    expect(result).toMatchObject({ kind: 'failed', verdict: { name: 'egress_unreachable' } });
    expect([...ways].sort()).toEqual(['a', 'b', 'c']);
    expect(
      result.trace.attempts.map(({ egressHint }) => egressHint).every((hint) => hint?.includes('***')),
    ).toBe(true);
    expect(JSON.stringify(result.trace)).not.toContain('SECRET');
  });

  it('avoids a proxy behind which the connection was lost, but uses it again when no other is left', async () => {
    const { pool } = poolBehind('ab', 4);
    const { ways } = await send(pool, () => ({ kind: 'lost', message: 'reset' }));
    expect(ways).toHaveLength(4);
    expect(new Set(ways.slice(0, 2)).size).toBe(2);
  });

  it('is refused without a dial when all proxies are disabled by a person', async () => {
    const { pool, egresses } = poolBehind('ab', 3);
    egresses.setDisabled('a', 'mine');
    egresses.setDisabled('b', 'mine');
    const { result, ways } = await send(pool, () => OK);
    expect(result).toMatchObject({ kind: 'shortage', shortage: { reason: 'no_egress' } });
    expect(ways).toEqual([]);
  });

  it('passes over a key whose pinned proxy has failed it', async () => {
    const { pool } = poolBehind('ab', 0, { maxRetries: 0 });
    const pinned = { keyId: 'pinned', secret: 's', hint: 'h', weight: 1, egressId: 'a' };
    pool.setKeys(
      [pinned, { ...pinned, keyId: 'pinned too' }, { ...pinned, keyId: 'other', egressId: 'b' }],
      () => undefined,
    );
    const { result, ways } = await send(pool, (egressId) => (egressId === 'a' ? PROXY_DOWN : OK));
    expect([result.kind, ways]).toEqual(['commit', ['a', 'b']]);
    expect(result.trace.attempts[1]?.skipped).toEqual([
      { keyId: 'pinned too', hint: 'h', reason: 'no_egress' },
    ]);
  });
});

describe('keys that are pinned to a proxy', () => {
  const pinnedTo = (keyId: string, egressId: string) => ({
    keyId,
    secret: 's',
    hint: 'h',
    weight: 1,
    egressId,
  });

  it('stand back while it rests, as long as there are others', async () => {
    const { pool, egresses } = poolBehind('ab', 0);
    pool.setKeys([pinnedTo('resting', 'a'), pinnedTo('well', 'b')], () => undefined);
    egressOf(egresses, 'a').breaker.trip('failures', 'refused', NOW);
    const used = Array.from({ length: 4 }, () => take(pool, NOW).key.config.keyId);
    expect(used).toEqual(['well', 'well', 'well', 'well']);
    expect(take(pool, NOW + 1_000).egress).toMatchObject({ probe: { isAnswered: false } });
    const last = take(pool, NOW + 1_001, { tried: new Set(pool.keys.slice(1)) });
    expect(last.key.config.keyId).toBe('resting');
  });

  it('stand back while checks have it disabled', () => {
    const { pool, egresses } = poolBehind('ab', 0);
    pool.setKeys([pinnedTo('out', 'a'), pinnedTo('well', 'b')], () => undefined);
    egresses.checked('a', { at: NOW, latencyMs: undefined, status: undefined, error: 'dead' }, 1);
    expect([take(pool, NOW), take(pool, NOW)].map(({ key }) => key.config.keyId)).toEqual(['well', 'well']);
  });

  it('to one that a person has disabled do not hide when the others will be back', () => {
    const { pool, egresses } = poolBehind('ab', 0);
    pool.setKeys([pinnedTo('out', 'a'), pinnedTo('busy', 'b')], () => undefined);
    egresses.setDisabled('a', 'mine');
    use(pool, 'busy', answerOf(429, 'rate', { until: NOW + 7_000 }), NOW);
    expect(shortageOf(pool, NOW)).toEqual({ reason: 'all_cooling', retryAfterMs: 7_000 });
    egresses.setDisabled('b', 'mine');
    expect(shortageOf(pool, NOW)).toEqual({ reason: 'no_egress' });
    egresses.setDisabled('a', undefined);
    expect(take(pool, NOW).key.config.keyId).toBe('out');
  });
});

it('looks at no key when there is no proxy left for any', () => {
  const { pool, egresses } = poolBehind('ab', 1_000);
  egresses.setDisabled('a', 'mine');
  egresses.setDisabled('b', 'mine');
  const isAsked = vi.spyOn(egresses, 'hasWay');
  expect(shortageOf(pool, NOW)).toEqual({ reason: 'no_egress' });
  expect(isAsked.mock.calls.length).toBeLessThan(10);
});

it('does not look for every key\u2019s proxy to tell whether many go through one', () => {
  const ids = Array.from({ length: 300 }, (_, i) => `e${i}`);
  const { pool, egresses } = poolBehind('', 5_000, {
    egress: { mode: 'proxies', egressIds: ids, isSticky: true },
  });
  egresses.configure(
    ids.map((egressId) => ({ egressId, url: 'http://x', hint: 'x' })),
    () => undefined,
  );
  const { egress } = pool.config;
  const bound = egresses.boundTo(pool.keys[0]?.config ?? { keyId: '' }, egress, NOW);
  const behind = pool.keys.filter(({ config }) => egresses.boundTo(config, egress, NOW) === bound);
  const isAsked = vi.spyOn(egresses, 'boundTo');
  for (const { config } of behind) {
    if (bound?.breaker.state === 'closed') use(pool, config.keyId, BANNED, NOW);
  }
  expect(isAsked.mock.calls.length).toBeLessThan(100);
  expect(bound?.breaker.snapshot).toMatchObject({ state: 'open', cause: 'shared_cause' });
});

it('a key whose rejection shows that the provider rejects all of them has found its proxy well', () => {
  const { pool, egresses } = poolBehind('ab', 0);
  pool.setKeys(
    [...'bbaaaa'].map((egressId, i) => ({ keyId: `k${i}`, secret: 's', hint: 'h', weight: 1, egressId })),
    () => undefined,
  );
  egressOf(egresses, 'a').breaker.trip('failures', 'refused', NOW - 2_000);
  for (const keyId of ['k0', 'k1', 'k2']) use(pool, keyId, BANNED, NOW);
  expect(pool.breaker).toMatchObject({ state: 'open', cause: 'shared_cause' });
  expect(egressOf(egresses, 'a').breaker.state).toBe('closed');
});

describe('keys that fail alike behind one proxy', () => {
  it('are forgiven, the proxy rests, and the provider is not blamed', () => {
    const { pool, egresses, events } = poolBehind('a', 9, { maxFailures: 1 });
    for (const key of pool.keys.slice(0, 5)) use(pool, key.config.keyId, BANNED, NOW);
    expect(pool.keys.every(({ disabled, failures }) => disabled === undefined && failures === 0)).toBe(true);
    expect(egressOf(egresses, 'a').breaker.snapshot).toMatchObject({ state: 'open', cause: 'shared_cause' });
    expect(pool.breaker.state).toBe('closed');
    expect(events.sharedCauses).toMatchObject([
      { egressId: 'a', reason: expect.stringContaining('blocked') as string },
    ]);
  });

  it('stay unpunished as long as the ban lasts, although the proxy is all there is', () => {
    const { pool } = poolBehind('a', 9, { maxFailures: 1 });
    for (let round = 0; round < 5; round++) {
      for (const key of pool.keys) use(pool, key.config.keyId, BANNED, NOW + round * 10_000);
    }
    expect(pool.candidates).toBe(9);
    use(pool, 'k0', OK, NOW + 60_000);
    expect(pool.candidates).toBe(9);
  });

  it('are found out although keys behind other proxies succeed in between', () => {
    const { pool, egresses } = poolBehind('ab', 24, { maxFailures: 2 });
    const behind = (egressId: string): string[] =>
      pool.keys
        .map(({ config }) => config)
        .filter((config) => egresses.boundTo(config, pool.config.egress, NOW)?.config.egressId === egressId)
        .map(({ keyId }) => keyId);
    const [banned, well] = [behind('a'), behind('b')];
    for (const [i, keyId] of banned.entries()) {
      if (egressOf(egresses, 'a').breaker.state !== 'closed') break;
      use(pool, keyId, BANNED, NOW);
      use(pool, well[i % well.length] ?? '', OK, NOW);
    }
    expect(egressOf(egresses, 'a').breaker.state).toBe('open');
    expect(egressOf(egresses, 'b').breaker.state).toBe('closed');
    expect(pool.keys.every(({ failures }) => failures === 0)).toBe(true);
  });

  it('behind all proxies alike are the provider\u2019s doing', () => {
    const { pool, egresses } = poolBehind('abc', 30, { maxFailures: 2 });
    for (const key of pool.keys.slice(0, 10)) use(pool, key.config.keyId, BANNED, NOW);
    expect(pool.breaker).toMatchObject({ state: 'open', cause: 'shared_cause' });
    expect([...egresses.states].map(({ breaker }) => breaker.state)).toEqual(['closed', 'closed', 'closed']);
    expect(pool.keys.every(({ failures }) => failures === 0)).toBe(true);
  });

  it('are dead after all if another key gets through there', () => {
    const { pool } = poolBehind('a', 6, { maxFailures: 1 });
    for (const keyId of ['k0', 'k1', 'k2']) use(pool, keyId, BANNED, NOW);
    expect(pool.candidates).toBe(6);
    use(pool, 'k5', OK, NOW + 2_000);
    expect(
      pool.keys.filter(({ disabled }) => disabled !== undefined).map(({ config }) => config.keyId),
    ).toEqual(['k0', 'k1', 'k2']);
  });
});

describe('a key that is rejected behind one proxy', () => {
  const bannedAt =
    (banned: string) =>
    (egressId: string): Outcome =>
      egressId === banned ? BANNED : OK;

  it('goes through another one next; served there, it is not the key', async () => {
    const { pool, egresses, events } = poolBehind('ab', 1, { maxFailures: 3 });
    const bound = egresses.boundTo(pool.keys[0]?.config ?? { keyId: '' }, pool.config.egress, NOW);
    const banned = bound?.config.egressId ?? '';
    const clock = new TestClock();
    const sent: string[][] = [];
    for (let i = 0; i < 6; i++) {
      const { ways } = await send(pool, bannedAt(banned), clock);
      sent.push(ways);
      expect(pool.keys[0]?.disabled).toBeUndefined();
      clock.advance(3_000);
    }
    const other = banned === 'a' ? 'b' : 'a';
    // Three times its own proxy and then the comparison: the third one settles it.
    expect(sent.flat().slice(0, 6)).toEqual([banned, other, banned, other, banned, other]);
    expect(bound?.breaker.snapshot).toMatchObject({ state: 'open', cause: 'shared_cause' });
    expect(events.sharedCauses.at(-1)?.reason).toContain('Your address is blocked');
  });

  it('is disabled all the same when the others reject it too', async () => {
    const { pool } = poolBehind('ab', 2, { maxFailures: 2 });
    const clock = new TestClock();
    for (let i = 0; i < 4; i++) {
      await send(pool, (_egressId, keyId) => (keyId === 'k0' ? REJECTED : OK), clock);
      clock.advance(3_000);
    }
    expect(pool.key('k0')?.disabled?.by).toBe('auto');
    expect(pool.key('k1')?.disabled).toBeUndefined();
  });
});
