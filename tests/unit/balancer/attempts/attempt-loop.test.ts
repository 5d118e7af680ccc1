import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { runAttempts } from '../../../../lib/balancer/attempts/attempt-loop';
import type { Pool } from '../../../../lib/balancer/pool/pool';
import type { Outcome, VerdictName } from '../../../../lib/balancer/attempts/verdict';
import {
  answered,
  bigPool,
  errorFacts,
  keyOf,
  poolOf,
  QUOTA,
  request,
  run,
  says,
  ScriptedTransport,
  SeededRandom,
  START_MS as NOW,
  take,
  TestClock,
  use,
  type Run,
} from '../support';

const OK = answered(200);
const DOWN = answered(503);
const LOST: Outcome = { kind: 'lost', message: 'ECONNRESET' };
const TOO_LARGE = errorFacts('rate_limit_exceeded', 'Request too large for m: Limit 6000, Requested 12328');
const REJECTED = answered(401, {}, errorFacts('invalid_api_key'));

function inFlight(pool: Pool): number {
  return pool.keys.reduce((sum, key) => sum + key.inFlight, 0);
}

function answerNumber({ result }: Run): number | undefined {
  return 'answer' in result ? result.answer.number : undefined;
}

interface Row {
  readonly title: string;
  readonly outcome: Outcome;
  readonly verdict: VerdictName;
  readonly failures: number;
  /** Of the key, for the model asked for; and for another model. */
  readonly restMs: number;
  readonly otherRestMs: number;
  /** Whether eight of them open the breaker. */
  readonly opensBreaker: boolean;
  readonly next: 'commit' | 'pass_through' | 'next_key' | 'stop';
  readonly hasBackoff?: boolean;
}

const NOTHING = { failures: 0, restMs: 0, otherRestMs: 0 };
const UPSTREAM = { ...NOTHING, opensBreaker: true, next: 'next_key' } as const;

const ROWS: readonly Row[] = [
  { title: '200', outcome: OK, verdict: 'success', ...NOTHING, opensBreaker: false, next: 'commit' },
  ...[400, 404, 405, 409, 413, 415, 422, 451].map((status): Row => ({
    title: String(status),
    outcome: answered(status),
    verdict: 'client_error',
    ...NOTHING,
    opensBreaker: false,
    next: 'pass_through',
  })),
  ...[401, 403].map((status): Row => ({
    title: `${status} of a dead key`,
    outcome: answered(status, {}, errorFacts('invalid_api_key')),
    verdict: 'key_rejected',
    failures: 1,
    restMs: 2_000,
    otherRestMs: 2_000,
    opensBreaker: false,
    next: 'next_key',
  })),
  ...[401, 402, 403].map((status): Row => ({
    title: `${status} that no rule knows`,
    outcome: answered(status, {}, errorFacts('no_such_code')),
    verdict: 'rejected',
    ...NOTHING,
    opensBreaker: false,
    next: 'next_key',
  })),
  {
    title: '404 model_not_found',
    outcome: says('key_model', { status: 404 }),
    verdict: 'model_denied',
    ...NOTHING,
    opensBreaker: false,
    next: 'next_key',
  },
  {
    title: 'a refusal that another key may not share',
    outcome: says('request', { status: 403, mayDiffer: true }),
    verdict: 'request_refused',
    ...NOTHING,
    opensBreaker: false,
    next: 'next_key',
  },
  {
    title: "a firewall's page without a proxy",
    outcome: says('egress', { status: 403 }),
    verdict: 'egress_blocked',
    ...NOTHING,
    opensBreaker: false,
    next: 'pass_through',
  },
  {
    title: 'a limit of the whole key',
    outcome: says('rate', { status: 429, isWholeKey: true, until: NOW + 7_000 }),
    verdict: 'rate_limited',
    failures: 0,
    restMs: 7_000,
    otherRestMs: 7_000,
    opensBreaker: false,
    next: 'next_key',
  },
  {
    title: 'a model that is overloaded',
    outcome: says('provider', { status: 503, isModelOnly: true }),
    verdict: 'model_unavailable',
    ...UPSTREAM,
    opensBreaker: false,
    hasBackoff: true,
  },
  {
    title: '429',
    outcome: answered(429),
    verdict: 'rate_limited',
    failures: 0,
    restMs: 60_000,
    otherRestMs: 0,
    opensBreaker: false,
    next: 'next_key',
  },
  {
    title: '429 that names its time',
    outcome: answered(429, { 'retry-after': '7' }),
    verdict: 'rate_limited',
    failures: 0,
    restMs: 7_000,
    otherRestMs: 0,
    opensBreaker: false,
    next: 'next_key',
  },
  {
    title: '429 insufficient_quota',
    outcome: answered(429, {}, QUOTA),
    verdict: 'quota_exhausted',
    failures: 1,
    restMs: 600_000,
    otherRestMs: 600_000,
    opensBreaker: false,
    next: 'next_key',
  },
  ...[408, 500, 502, 503, 504, 529].map((status): Row => ({
    title: String(status),
    outcome: answered(status),
    verdict: 'upstream_error',
    ...UPSTREAM,
    hasBackoff: true,
  })),
  {
    title: 'an empty stream',
    outcome: { kind: 'empty_stream' },
    verdict: 'empty_stream',
    ...UPSTREAM,
    hasBackoff: true,
  },
  {
    title: 'an unreachable upstream',
    outcome: { kind: 'dial_failed', at: 'upstream', message: 'ECONNREFUSED' },
    verdict: 'upstream_unreachable',
    ...UPSTREAM,
  },
  {
    title: 'an unreachable egress proxy',
    outcome: { kind: 'dial_failed', at: 'egress', message: 'ECONNREFUSED' },
    verdict: 'egress_unreachable',
    ...UPSTREAM,
    opensBreaker: false,
  },
  {
    title: 'a lost connection',
    outcome: { kind: 'lost', message: 'ECONNRESET' },
    verdict: 'connection_lost',
    ...UPSTREAM,
  },
  {
    title: 'a header time-out',
    outcome: { kind: 'timeout', phase: 'headers' },
    verdict: 'timed_out',
    ...UPSTREAM,
  },
  {
    title: 'a first-event time-out',
    outcome: { kind: 'timeout', phase: 'first_event' },
    verdict: 'timed_out',
    ...UPSTREAM,
  },
  {
    title: 'a first-token time-out',
    outcome: { kind: 'timeout', phase: 'first_token' },
    verdict: 'timed_out',
    ...UPSTREAM,
  },
  {
    title: 'a client that left',
    outcome: { kind: 'client_closed' },
    verdict: 'client_closed',
    ...NOTHING,
    opensBreaker: false,
    next: 'stop',
  },
];

describe.each(ROWS)('an attempt that ends with $title', (row) => {
  it(`is judged ${row.verdict}, then: ${row.next}`, async () => {
    const pool = poolOf('abcdef');
    const { result, transport, clock } = await run(pool, [row.outcome, OK]);
    expect(result.trace.attempts[0]!.verdict).toBe(row.verdict);
    expect(transport.dials).toHaveLength(row.next === 'next_key' ? 2 : 1);
    const kinds = {
      commit: 'commit',
      pass_through: 'pass_through',
      next_key: 'commit',
      stop: 'client_closed',
    };
    expect(result.kind).toBe(kinds[row.next]);
    expect(clock.sleeps).toHaveLength(row.hasBackoff === true ? 1 : 0);
    expect(inFlight(pool)).toBe(result.kind === 'commit' ? 1 : 0);
  });

  it('costs the key what the table says', async () => {
    const pool = poolOf('abcdef', { maxRetries: 0 });
    await run(pool, [row.outcome, LOST]);
    const key = keyOf(pool, 'a');
    const until = Math.max(key.cooldown.until, key.modelCooldowns?.get('gpt-4o')?.until ?? 0);
    expect({
      failures: key.failures,
      restMs: Math.max(0, until - NOW),
      otherRestMs: Math.max(0, key.cooldown.until - NOW),
    }).toEqual({ failures: row.failures, restMs: row.restMs, otherRestMs: row.otherRestMs });
    expect(key.disabled).toBeUndefined();
  });

  it(`${row.opensBreaker ? 'opens' : 'never opens'} the breaker with eight in a row`, async () => {
    const pool = poolOf('a', { maxRetries: 0, maxFailures: 100 });
    const clock = new TestClock();
    for (let i = 0; i < 8; i++) {
      pool.reset('a');
      await run(pool, [row.outcome], {}, clock);
    }
    expect(pool.breaker.state).toBe(row.opensBreaker ? 'open' : 'closed');
  });
});

describe('keys within one request', () => {
  it('are never tried twice while others are left', async () => {
    for (const policy of ['round_robin', 'least_in_flight', 'weighted', 'sticky', 'headroom'] as const) {
      const { transport } = await run(poolOf('abcd', { policy }), [DOWN, DOWN, DOWN, DOWN], {
        affinity: 'me',
      });
      expect(new Set(transport.dials).size, policy).toBe(4);
    }
  });

  it('are tried again when none is left', async () => {
    const { transport, result } = await run(poolOf('a'), [DOWN, DOWN, DOWN, OK]);
    expect(transport.dials).toEqual(['a', 'a', 'a', 'a']);
    expect(result.kind).toBe('commit');
  });

  it('that are cooling now are not tried again', async () => {
    const { transport, result } = await run(poolOf('ab'), [answered(429), DOWN, DOWN, OK]);
    expect(transport.dials).toEqual(['a', 'b', 'b', 'b']);
    expect(result.kind).toBe('commit');
  });

  it('rest for their model alone: another model is served by the same key at once', async () => {
    const pool = poolOf('a');
    const limited = await run(pool, [answered(429, { 'retry-after': '60' })]);
    expect(limited.result.kind).toBe('pass_through');
    expect((await run(pool, [])).result.kind).toBe('shortage');
    expect((await run(pool, [OK], { model: 'other' })).result.kind).toBe('commit');
  });
});

describe('the number of attempts', () => {
  it.each([0, 1, 3, 7])('is at most one more than maxRetries %i', async (maxRetries) => {
    const { transport } = await run(poolOf('abcdefghijkl', { maxRetries }), () => answered(429));
    expect(transport.dials).toHaveLength(maxRetries + 1);
  });

  it('is counted for each provider by itself, and fallbacks come in order', async () => {
    const pools = [
      poolOf('ab', { provider: 'first', maxRetries: 1 }),
      poolOf('cdef', { provider: 'second', maxRetries: 2 }),
      poolOf('g', { provider: 'third', maxRetries: 0 }),
    ];
    const { transport, result } = await run(pools, (_keyId, provider) => (provider === 'third' ? OK : DOWN));
    expect(transport.providers).toEqual(['first', 'first', 'second', 'second', 'second', 'third']);
    expect(result).toMatchObject({ kind: 'commit', pool: pools[2] });
  });

  it('ends with the first success: a fallback is not asked', async () => {
    const { transport } = await run([poolOf('a', { provider: 'first' }), poolOf('b')], () => OK);
    expect(transport.providers).toEqual(['first']);
  });

  it('of a target whose content did not come in time are no more, unless it is the last', async () => {
    const slow: Outcome = { kind: 'timeout', phase: 'first_token' };
    const pools = ['first', 'second'].map((provider) => poolOf('abc', { provider, maxRetries: 2 }));
    const { transport, result } = await run(pools, () => slow);
    expect(transport.providers).toEqual(['first', 'second', 'second', 'second']);
    expect(result.kind).toBe('failed');
    const narrow = { goesOnFor: new Set(['context_length'] as const) };
    const alone = await run(
      ['third', 'fourth'].map((provider) => poolOf('abc', { provider, maxRetries: 1 })),
      () => slow,
      narrow,
    );
    expect(alone.transport.providers).toEqual(['third', 'third']);
  });

  it('ends with a client error: a fallback is not asked', async () => {
    const { transport, result } = await run([poolOf('a'), poolOf('b')], () => answered(404));
    expect(transport.dials).toEqual(['a']);
    expect(result.kind).toBe('pass_through');
  });
});

describe('a dial that failed for a want of our own', () => {
  const OURS: Outcome = { kind: 'own_trouble', shortOf: 'file descriptors', message: 'EMFILE' };

  it('is made once with each provider, without waiting', async () => {
    const pools = [poolOf('abcd', { provider: 'first' }), poolOf('ef', { provider: 'second' })];
    const { transport, result, clock } = await run(pools, () => OURS);
    expect(transport.providers).toEqual(['first', 'second']);
    expect(clock.sleeps).toEqual([]);
    expect(result).toMatchObject({ kind: 'failed', outcome: OURS, verdict: { blame: 'platform' } });
    const served = await run(pools, (_keyId, provider) => (provider === 'second' ? OK : OURS));
    expect(served.result.kind).toBe('commit');
  });

  it('costs neither key nor provider anything, however many there are', async () => {
    const pool = poolOf('ab', { maxFailures: 1 });
    for (let i = 0; i < 40; i += 1) await run(pool, () => OURS);
    expect(pool.breaker.state).toBe('closed');
    for (const key of pool.keys) {
      expect(key).toMatchObject({ failures: 0, errorCount: 0, disabled: undefined, inFlight: 0 });
      expect(key.cooldown.until).toBe(0);
    }
    expect((await run(pool, [OK])).result.kind).toBe('commit');
  });
});

describe('out of attempts', () => {
  it('the last upstream answer is passed through', async () => {
    const one = await run(poolOf('abcd'), [DOWN, answered(500), answered(502), answered(529)]);
    expect(one.result).toMatchObject({ kind: 'pass_through', verdict: { name: 'upstream_error' } });
    expect(answerNumber(one)).toBe(4);
  });

  it('the last upstream answer is passed through when the keys run out before', async () => {
    const one = await run(poolOf('ab'), [answered(429), answered(429)]);
    expect(one.result.kind).toBe('pass_through');
    expect(answerNumber(one)).toBe(2);
    // It has been asked, so it has not been skipped.
    expect(one.result.trace.skippedProviders).toEqual([]);
  });

  it('it is passed through when the fallbacks have no key either', async () => {
    const one = await run([poolOf('a', { maxRetries: 0 }), poolOf('', { provider: 'empty' })], [DOWN]);
    expect(answerNumber(one)).toBe(1);
    expect(one.result.trace.skippedProviders).toEqual([{ provider: 'empty', reason: 'no_keys' }]);
  });

  it('an answer from before is passed through when later attempts bring none', async () => {
    const one = await run(poolOf('a'), [answered(500), DOWN, LOST, LOST]);
    expect(one.result).toMatchObject({ kind: 'pass_through', verdict: { name: 'upstream_error' } });
    expect(answerNumber(one)).toBe(2);
    expect(one.transport.discarded.map(({ number }) => number)).toEqual([1]);
  });

  it('an answer from before is passed through when the fallbacks bring none', async () => {
    const pools = [poolOf('a', { maxRetries: 0 }), poolOf('b', { maxRetries: 1 })];
    const one = await run(pools, [DOWN, LOST, LOST]);
    expect(one.result.kind).toBe('pass_through');
    expect(answerNumber(one)).toBe(1);
  });

  it('the first answer is passed through though none came before it', async () => {
    const one = await run(poolOf('a'), [LOST, LOST, LOST, DOWN]);
    expect(one.result.kind).toBe('pass_through');
    expect(answerNumber(one)).toBe(4);
  });

  it('without any answer the last outcome is told', async () => {
    const timeout: Outcome = { kind: 'timeout', phase: 'headers' };
    const { result } = await run(poolOf('a'), [LOST, timeout, timeout, LOST]);
    expect(result).toMatchObject({ kind: 'failed', outcome: LOST, verdict: { name: 'connection_lost' } });
  });

  it('what speaks of the request is passed through rather than later troubles, and the newest of such', async () => {
    const refused = says('request', { status: 403, mayDiffer: true });
    const one = await run(poolOf('abcd'), [refused, DOWN, answered(429), LOST]);
    expect(one.result).toMatchObject({ kind: 'pass_through', verdict: { name: 'request_refused' } });
    expect(answerNumber(one)).toBe(1);
    expect(one.transport.discarded.map(({ number }) => number)).toEqual([2, 3]);

    const two = await run(poolOf('abcd'), [refused, DOWN, refused]);
    expect(answerNumber(two)).toBe(3);
  });
});

describe('keys that are dead', () => {
  const dead = Array<Outcome>(19).fill(REJECTED);
  const keyIds = 'abcdefghijklmnopqrstuvwxyz';

  it.each<[string, Outcome]>([
    ['rejected', REJECTED],
    ['out of money', answered(429, {}, QUOTA)],
    ['without the model', says('key_model', { status: 404 })],
  ])('%s do not use up the attempts of a request, up to 20', async (_title, outcome) => {
    const found = await run(poolOf(keyIds, { maxRetries: 0 }), [...Array<Outcome>(19).fill(outcome), OK]);
    expect(found.result.kind).toBe('commit');
    const lost = await run(poolOf(keyIds, { maxRetries: 3 }), Array<Outcome>(20).fill(outcome));
    expect(lost.result.kind).toBe('pass_through');
    expect(lost.transport.dials).toHaveLength(20);
    expect(new Set(lost.transport.dials).size).toBe(20);
  });

  it('leave all attempts to the others', async () => {
    const script = [...dead, DOWN, DOWN, DOWN, OK];
    expect((await run(poolOf(keyIds, { maxRetries: 3 }), script)).result.kind).toBe('commit');
  });

  it('are counted for each provider by itself', async () => {
    const pools = [poolOf(keyIds, { provider: 'first' }), poolOf(keyIds, { provider: 'second' })];
    const { transport } = await run(pools, () => REJECTED);
    expect(transport.providers.filter((provider) => provider === 'second')).toHaveLength(20);
  });
});

describe('a POST that creates something lasting', () => {
  const files = { method: 'POST', path: '/files' };

  it.each<[string, Outcome]>([
    ['401', REJECTED],
    ['401 that no rule knows', answered(401, {}, errorFacts('no_such_code'))],
    ['403', answered(403)],
    ['404 model_not_found', says('key_model', { status: 404 })],
    ['a refusal that another key may not share', says('request', { status: 403, mayDiffer: true })],
    ['429', answered(429)],
    ['429 insufficient_quota', answered(429, {}, QUOTA)],
    ['an unreachable upstream', { kind: 'dial_failed', at: 'upstream', message: '' }],
    ['an unreachable egress proxy', { kind: 'dial_failed', at: 'egress', message: '' }],
  ])('is repeated after %s', async (_title, outcome) => {
    const { transport, result } = await run(poolOf('abcdef'), [outcome, OK], files);
    expect(transport.dials).toHaveLength(2);
    expect(result.kind).toBe('commit');
  });

  it.each<[string, Outcome, string]>([
    ['402', answered(402), 'pass_through'],
    ['500', answered(500), 'pass_through'],
    ['500 insufficient_quota', answered(500, {}, QUOTA), 'pass_through'],
    ['408', answered(408), 'pass_through'],
    ['a lost connection', { kind: 'lost', message: '' }, 'failed'],
    ['a time-out', { kind: 'timeout', phase: 'headers' }, 'failed'],
    ['an empty stream', { kind: 'empty_stream' }, 'failed'],
  ])('is not repeated after %s, not even with a fallback', async (_title, outcome, kind) => {
    const { transport, result } = await run([poolOf('abcdef'), poolOf('g')], [outcome, OK], files);
    expect(transport.dials).toHaveLength(1);
    expect(result.kind).toBe(kind);
    expect(transport.discarded).toEqual([]);
  });
});

describe('the wait before a retry', () => {
  it('is between half and all of 100, 200, 400 ms...', async () => {
    const { clock, result } = await run(poolOf('abcd'), [DOWN, DOWN, DOWN, OK]);
    expect(clock.sleeps).toHaveLength(3);
    clock.sleeps.forEach((ms, i) => {
      expect(ms).toBeGreaterThanOrEqual(50 * 2 ** i);
      expect(ms).toBeLessThanOrEqual(100 * 2 ** i);
    });
    expect(result.trace.attempts.map(({ backoffMs }) => backoffMs)).toEqual([...clock.sleeps, undefined]);
  });

  it('is never longer than 2 s', async () => {
    const { clock } = await run(poolOf('abcdefg', { maxRetries: 6 }), () => DOWN);
    expect(Math.max(...clock.sleeps)).toBeLessThanOrEqual(2_000);
  });

  it('does not grow with retries that needed none', async () => {
    const { clock } = await run(poolOf('abcd'), [answered(429), answered(429), DOWN, OK]);
    expect(clock.sleeps).toHaveLength(1);
    expect(clock.sleeps[0]).toBeLessThanOrEqual(100);
  });

  it('is not made before a fallback', async () => {
    const { clock } = await run([poolOf('a', { maxRetries: 0 }), poolOf('b')], [DOWN, OK]);
    expect(clock.sleeps).toEqual([]);
  });

  it('ends at once when the client leaves, and nothing is dialed after', async () => {
    const client = new AbortController();
    const clock = new TestClock();
    const pool = poolOf('ab');
    const transport = new ScriptedTransport([DOWN]);
    const ports = { clock, random: new SeededRandom() };
    const slept = clock.nextSleep();
    const running = runAttempts(request({ signal: client.signal }), [{ pool }], transport, ports);
    await slept;
    client.abort();
    expect((await running).kind).toBe('client_closed');
    expect(clock.now()).toBe(NOW);
    expect(transport.dials).toEqual(['a']);
    expect(transport.discarded).toEqual(transport.answers);
    expect(inFlight(pool)).toBe(0);
  });
});

describe('a client that leaves', () => {
  it('before the first attempt costs no key a use', async () => {
    const pool = poolOf('a');
    const { result, transport } = await run(pool, [], { signal: AbortSignal.abort() });
    expect(result.kind).toBe('client_closed');
    expect(transport.dials).toEqual([]);
    expect(keyOf(pool, 'a').requestCount).toBe(0);
  });

  it('during a dial penalises nobody and ends the request', async () => {
    const pool = poolOf('ab', { maxFailures: 1 });
    for (let i = 0; i < 20; i++) {
      const { result, transport } = await run([pool, poolOf('c')], [{ kind: 'client_closed' }]);
      expect(result.kind).toBe('client_closed');
      expect(transport.dials).toHaveLength(1);
    }
    expect(pool.breaker.state).toBe('closed');
    expect(pool.candidates).toBe(2);
    expect(inFlight(pool)).toBe(0);
  });

  it('during the probe lets the next request make it', async () => {
    const pool = poolOf('a', { maxRetries: 0 });
    const clock = new TestClock();
    for (let i = 0; i < 8; i++) await run(pool, [DOWN], {}, clock);
    clock.advance(1000);
    await run(pool, [{ kind: 'client_closed' }], {}, clock);
    expect((await run(pool, [OK], {}, clock)).result.kind).toBe('commit');
    expect(pool.breaker.state).toBe('closed');
  });
});

describe('every answer', () => {
  it.each<[string, readonly Outcome[]]>([
    ['success', [OK]],
    ['success after failures', [DOWN, answered(429), REJECTED, OK]],
    ['a client error after a failure', [DOWN, answered(400)]],
    ['nothing but failures', [DOWN, DOWN, DOWN, DOWN]],
    ['a lost connection at the end', [DOWN, DOWN, DOWN, { kind: 'lost', message: '' }]],
    ['a client that left at the end', [DOWN, { kind: 'client_closed' }]],
    ['answers and failures in turn', [DOWN, { kind: 'lost', message: '' }, DOWN, OK]],
  ])('is handed out or discarded exactly once with %s', async (_title, script) => {
    const { result, transport } = await run(poolOf('abcdefghi'), script);
    const handedOut = 'answer' in result ? [result.answer] : [];
    const ends = [...transport.discarded, ...handedOut].map(({ number }) => number).sort();
    expect(ends).toEqual(transport.answers.map(({ number }) => number));
  });

  it('given up for the next is discarded before that one is handed out', async () => {
    const one = await run(poolOf('abcdef'), [DOWN, REJECTED, OK]);
    expect(one.transport.discarded.map(({ number }) => number)).toEqual([1, 2]);
    expect(answerNumber(one)).toBe(3);
  });

  it('leaves its lease open only when committed', async () => {
    const pool = poolOf('abc');
    const { result } = await run(pool, [DOWN, OK]);
    expect(inFlight(pool)).toBe(1);
    if (result.kind === 'commit') result.pool.finish(result.lease, 'whole', '', NOW);
    expect(inFlight(pool)).toBe(0);
  });
});

describe('a shortage', () => {
  it('is told with the provider that can be asked soonest', async () => {
    const slow = poolOf('a', { provider: 'slow' });
    const soon = poolOf('b', { provider: 'soon' });
    const empty = poolOf('', { provider: 'empty' });
    use(slow, 'a', answered(429, { 'retry-after': '600' }), NOW);
    use(soon, 'b', answered(429, { 'retry-after': '5' }), NOW);
    const { result } = await run([empty, slow, soon], []);
    expect(result).toMatchObject({
      kind: 'shortage',
      shortage: { reason: 'all_cooling', retryAfterMs: 5_000 },
      trace: {
        attempts: [],
        skippedProviders: [
          { provider: 'empty', reason: 'no_keys' },
          { provider: 'slow', reason: 'all_cooling', retryAfterMs: 600_000 },
          { provider: 'soon', reason: 'all_cooling', retryAfterMs: 5_000 },
        ],
      },
    });
  });

  it('is told with the provider that can be asked soonest, in whichever order they are asked', async () => {
    const soon = poolOf('a', { provider: 'soon' });
    const slow = poolOf('b', { provider: 'slow' });
    use(soon, 'a', answered(429, { 'retry-after': '5' }), NOW);
    use(slow, 'b', answered(429, { 'retry-after': '600' }), NOW);
    const { result } = await run([soon, slow], []);
    expect(result).toMatchObject({ kind: 'shortage', shortage: { retryAfterMs: 5_000 } });
  });

  it('of one provider is no reason to fail while a fallback has keys', async () => {
    const { result } = await run([poolOf('', { provider: 'empty' }), poolOf('a')], [OK]);
    expect(result.kind).toBe('commit');
    expect(result.trace.skippedProviders).toEqual([{ provider: 'empty', reason: 'no_keys' }]);
  });

  it('of no providers at all is told as no keys', async () => {
    expect((await run([], [])).result).toMatchObject({ kind: 'shortage', shortage: { reason: 'no_keys' } });
  });

  it('by an open breaker is told as such', async () => {
    const pool = poolOf('a', { maxRetries: 0 });
    for (let i = 0; i < 8; i++) await run(pool, [DOWN]);
    const { result } = await run(pool, []);
    expect(result).toMatchObject({
      kind: 'shortage',
      shortage: { reason: 'breaker_open', retryAfterMs: 1000 },
    });
  });
});

describe('an answer that is passed on', () => {
  const limited = (seconds: number) => answered(429, { 'retry-after': String(seconds) });

  it('comes with the time until the earliest key, whichever of them has given it', async () => {
    const waits = { a: 40, b: 3, c: 40 };
    const script = (keyId: string) => limited(waits[keyId as keyof typeof waits]);
    const { result } = await run(poolOf('abc'), script);
    expect(result).toMatchObject({ kind: 'pass_through', answer: { keyId: 'c' }, freeInMs: 3_000 });
  });

  it('comes with the time of the provider that has a key first, asked or not', async () => {
    const [slow, soon] = [poolOf('a', { provider: 'slow' }), poolOf('b', { provider: 'soon' })];
    use(soon, 'b', limited(5), NOW);
    expect((await run([slow, soon], [limited(40)])).result).toMatchObject({ freeInMs: 5_000 });
  });

  it('says that a key is free at once where one was not asked any more', async () => {
    const { result } = await run(poolOf('ab', { maxRetries: 0 }), [limited(40)]);
    expect(result).toMatchObject({ kind: 'pass_through', freeInMs: 0 });
  });

  it('says nothing of the time where none would help: the provider fails, or it is the request', async () => {
    for (const outcome of [
      answered(503, { 'retry-after': '30' }),
      answered(400),
      answered(429, {}, TOO_LARGE),
    ]) {
      const { result } = await run(poolOf('ab', { maxRetries: 0 }), [outcome]);
      expect(result.kind).toBe('pass_through');
      expect(result).toMatchObject({ freeInMs: undefined });
    }
  });
});

describe('dead keys', () => {
  const answers = (dead: string) => (keyId: string) => (dead.includes(keyId) ? REJECTED : OK);

  it('side by side in a healthy pool fail no request and end disabled after all', async () => {
    for (const maxFailures of [1, 3]) {
      const pool = poolOf('abcdef', { maxFailures });
      const clock = new TestClock();
      for (let i = 0; i < 30; i++) {
        const { result } = await run(pool, answers('abc'), {}, clock);
        expect(result.kind, `request ${i}`).toBe('commit');
        if (result.kind === 'commit') pool.finish(result.lease, 'whole', '', clock.now());
        clock.advance(1000);
      }
      expect(pool.keys.map(({ disabled }) => disabled?.by)).toEqual([
        ...['auto', 'auto', 'auto'],
        ...[undefined, undefined, undefined],
      ]);
      expect(pool.breaker.state).toBe('closed');
    }
  });

  it('met by one request are no outage: it goes past them all, and they end disabled', async () => {
    const pool = poolOf('abcdef', { maxFailures: 1, maxRetries: 0 });
    const { result, transport } = await run(pool, [...Array<Outcome>(5).fill(REJECTED), OK]);
    expect([...transport.dials].sort()).toEqual([...'abcdef']);
    expect(result.kind).toBe('commit');
    expect(pool.breaker.state).toBe('closed');
    expect(pool.candidates).toBe(1);
  });

  it('that look like an outage to three requests are found out by the confirmation within the third', async () => {
    const pool = poolOf('abcdef', { maxFailures: 1 });
    for (const keyId of 'ab') use(pool, keyId, REJECTED, NOW);
    const { result, transport } = await run(pool, answers('abc'));
    expect(transport.dials[0]).toBe('c');
    expect(transport.dials).toHaveLength(2);
    expect(result.trace.attempts[0]!.effect).toBe('forgiven: several keys failed alike');
    expect(result.kind).toBe('commit');
    expect(pool.breaker.state).toBe('closed');
    expect(pool.candidates).toBe(3);
  });

  it('that look like an outage while a request uses its last attempt are found out by the next probe', async () => {
    const pool = poolOf('abcdef', { maxFailures: 1, maxRetries: 0 });
    const clock = new TestClock();
    for (const keyId of 'ab') use(pool, keyId, REJECTED, NOW);
    const script = (keyId: string): Outcome => ('abc'.includes(keyId) ? REJECTED : DOWN);
    const first = await run(pool, script, {}, clock);
    expect(first.transport.dials).toHaveLength(2);
    expect(first.result.kind).toBe('pass_through');
    expect(pool.candidates).toBe(6);
    clock.advance(4000);
    const second = await run(pool, answers('abc'), {}, clock);
    expect(second.transport.dials).toHaveLength(1);
    expect(second.result.kind).toBe('commit');
    expect(pool.candidates).toBe(3);
  });
});

describe('a provider that rejects all keys alike', () => {
  /** Three requests, each with a key of its own. */
  const rejectedPool = (over = {}): Pool => {
    const pool = poolOf('abcdef', { maxFailures: 1, ...over });
    for (const keyId of 'abc') use(pool, keyId, REJECTED, NOW);
    return pool;
  };

  it('keeps them all, opens its breaker at the third request, and passes its answer through', async () => {
    const pool = poolOf('abcdef', { maxFailures: 1 });
    for (const keyId of 'ab') use(pool, keyId, REJECTED, NOW);
    const { result } = await run(pool, () => REJECTED);
    expect(result).toMatchObject({ kind: 'pass_through', verdict: { name: 'key_rejected' } });
    expect(pool.breaker).toMatchObject({ state: 'open', cause: 'shared_cause' });
    expect(pool.candidates).toBe(6);
    expect(pool.keys.every(({ failures, cooldown }) => failures === 0 && cooldown.until === 0)).toBe(true);
    expect(result.trace.attempts.at(-1)!.effect).toBe('forgiven: several keys failed alike');
  });

  it('gives way to a fallback', async () => {
    const pools = [rejectedPool({ provider: 'broken' }), poolOf('x', { provider: 'spare' })];
    const next = await run(pools, () => OK);
    expect(next.transport.providers).toEqual(['spare']);
    expect(next.result.trace.skippedProviders).toMatchObject([
      { provider: 'broken', reason: 'breaker_open' },
    ]);
  });

  it('serves again at the first probe after it has recovered', async () => {
    const pool = rejectedPool();
    const clock = new TestClock();
    clock.advance(1_000);
    expect((await run(pool, () => OK, {}, clock)).result.kind).toBe('commit');
    expect(pool.breaker.state).toBe('closed');
  });
});

describe('the trace of a request', () => {
  it('tells attempt by attempt who was asked, why others were not, and what came of it', async () => {
    const clock = new TestClock();
    const pool = poolOf('abc', { policy: 'round_robin' });
    use(pool, 'a', answered(429, { 'retry-after': '30' }), NOW);
    take(pool, NOW).release();
    take(pool, NOW).release();
    const slowly = async (keyId: string): Promise<Outcome> => {
      clock.advance(keyId === 'b' ? 250 : 40);
      return keyId === 'b' ? answered(429, { 'retry-after': '2' }, undefined, clock.now()) : OK;
    };
    const { result } = await run(pool, slowly, {}, clock);
    const common = { provider: 'openai', policy: 'round_robin', keys: 3, candidates: 3, skippedMore: 0 };
    const skippedA = { keyId: 'a', hint: 'sk-...a', reason: 'cooling_model', until: NOW + 30_000 };
    expect(result.trace.attempts).toEqual([
      {
        ...common,
        keyId: 'b',
        keyHint: 'sk-...b',
        skipped: [skippedA],
        startMs: 0,
        durationMs: 250,
        verdict: 'rate_limited',
        status: 429,
        effect: 'rests 2 s for gpt-4o',
      },
      {
        ...common,
        keyId: 'c',
        keyHint: 'sk-...c',
        skipped: [],
        startMs: 250,
        durationMs: 40,
        verdict: 'success',
        status: 200,
      },
    ]);
  });

  it('tells keys skipped because they were tried', async () => {
    const { result } = await run(poolOf('ab', { policy: 'sticky' }), [DOWN, OK], { affinity: 'me' });
    const [first, second] = result.trace.attempts;
    expect(second!.skipped).toEqual([{ keyId: first!.keyId, hint: first!.keyHint, reason: 'tried' }]);
  });

  it.each<[Outcome, string | undefined]>([
    [answered(500, {}, errorFacts('server_error', 'oops')), '500 server_error: oops'],
    [answered(500), undefined],
    [{ kind: 'timeout', phase: 'headers' }, 'no answer in time'],
    [{ kind: 'timeout', phase: 'first_event' }, 'no event in time'],
    [{ kind: 'lost', message: 'ECONNRESET' }, 'ECONNRESET'],
  ])('tells the error of %j', async (outcome, error) => {
    const { result } = await run(poolOf('a', { maxRetries: 0 }), [outcome]);
    expect(result.trace.attempts[0]!.error).toBe(error);
  });

  it('never contains a secret, even if upstreams repeat it in their errors', async () => {
    const pool = poolOf('abcdefg', { maxFailures: 1, maxRetries: 4 });
    const outcomes: readonly ((text: string) => Outcome)[] = [
      (text) => answered(401, {}, errorFacts('invalid_api_key', text)),
      (text) => answered(401, {}, errorFacts(text, text)),
      (text) => answered(429, {}, { ...QUOTA, message: text }),
      (text) => answered(429, {}, errorFacts('rate_limit', text)),
      (text) => ({ kind: 'lost', message: text }),
      (text) => ({ kind: 'dial_failed', at: 'upstream', message: text }),
      (text) => answered(500, {}, errorFacts('x', text)),
    ];
    let attempt = 0;
    const { result } = await run(pool, (keyId) => outcomes[attempt++]!(`Bearer SECRET-${keyId} is bad`));
    expect(result.trace.attempts).toHaveLength(7);
    expect(JSON.stringify(result.trace)).toContain('Bearer sk-...a is bad');
    expect(JSON.stringify(result.trace)).not.toContain('SECRET');
    expect(JSON.stringify(pool.keys.map(({ disabled }) => disabled))).not.toContain('SECRET');
  });
});

describe('many dead keys', () => {
  it.each([
    [24, 20, 30],
    [10, 7, 30],
    [6, 5, 10],
    [5, 3, 20],
  ])('of %i keys %i: %i requests at once are all answered by the others', async (keys, dead, requests) => {
    const clock = new TestClock();
    const pool = bigPool(keys);
    const transport = new ScriptedTransport(async (keyId) => {
      await setImmediate();
      return Number(keyId.slice(1)) < dead ? REJECTED : OK;
    });
    const ports = { clock, random: new SeededRandom() };
    const all = Promise.all(
      Array.from({ length: requests }, () => runAttempts(request(), [{ pool }], transport, ports)),
    );
    const kinds = (await clock.drive(all)).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind !== 'commit')).toEqual([]);
  });
});
