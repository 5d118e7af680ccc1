import { expect, it } from 'vitest';
import { Egresses } from '../../../../lib/balancer/egress/egresses';
import type { EgressTest } from '../../../../lib/probing/egress/probe-egress';
import type { SeenFailure } from '../../../../lib/balancer/health/outage';
import type { Asked } from '../../../../lib/balancer/health/outage-proof';
import { OutageWatch } from '../../../../lib/probing/outages/watch-outages';
import { VERDICTS } from '../../../../lib/balancer/attempts/verdict';
import { answered, EventLog, poolOf, SeededRandom, settle, START_MS, take } from '../../balancer/support';

const UNREACHED = { latencyMs: undefined, status: undefined, error: 'refused' } as const;

const CHAT = { method: 'POST', path: '/chat/completions' };
const EMBEDDINGS = { method: 'POST', path: '/embeddings' };
const IMAGES = { method: 'POST', path: '/images/generations' };

/** An answer to what had failed. */
const said = (status: number, over: Partial<Asked> = {}): Asked => ({
  outcome: answered(status),
  detail: undefined,
  isLike: true,
  isWhole: true,
  ...over,
});

/** A provider with keys and a proxy, and what they say to questions of our own. */
function watched() {
  const pool = poolOf('abc');
  const egresses = new Egresses(new SeededRandom(), new EventLog());
  egresses.configure([{ egressId: 'p', url: 'http://127.0.0.1:1', hint: 'p' }], () => undefined);
  const clock = { now: START_MS };
  const world = {
    pool,
    egresses,
    clock,
    isEnabled: true,
    /** What was asked for, and when. */
    asked: [] as string[],
    askedAt: [] as number[],
    /** What comes back for it. */
    answer: (_seen: SeenFailure): Asked | Promise<Asked> | undefined => said(503),
    tested: 0,
    result: { ...UNREACHED, at: 'egress' } as EgressTest,
    get proxy() {
      return egresses.get('p');
    },
    /** Lets seconds pass, and what is asked in them be answered. */
    async pass(seconds: number) {
      for (let i = 0; i < seconds; i++) {
        clock.now += 1_000;
        watch.tick();
        await new Promise(setImmediate);
      }
    },
    fail(requests: number, asks = CHAT) {
      for (let i = 0; i < requests; i++)
        settle(pool, take(pool, clock.now, { asks }), answered(503), clock.now);
    },
    /** Streams that begin and break off. */
    breakOff(requests: number) {
      for (let i = 0; i < requests; i++) {
        const lease = take(pool, clock.now, { asks: { ...CHAT, isStream: true } });
        settle(pool, lease, answered(200), clock.now);
        pool.finish(lease, VERDICTS.cut, 'cut', clock.now);
      }
    },
    get breaker() {
      return pool.breaker.state;
    },
  };
  const watch = new OutageWatch({
    now: () => clock.now,
    providers: () => [{ pool, isEnabled: world.isEnabled }],
    ask: async (_pool, seen) => {
      world.asked.push(`${seen.asks?.path}${seen.asks?.isStream === true ? ' streamed' : ''}`);
      world.askedAt.push(clock.now);
      return world.answer(seen);
    },
    egress: {
      egresses,
      check: () => Promise.resolve(world.result),
      reach: () => {
        world.tested += 1;
        return Promise.resolve(world.result);
      },
      now: () => clock.now,
      failuresMax: () => 3,
      onChange: () => undefined,
    },
    signal: new AbortController().signal,
  });
  return world;
}

it('asks nobody who is well, nor a provider that a person has disabled', async () => {
  const world = watched();
  await world.pass(10);
  world.isEnabled = false;
  world.fail(3);
  await world.pass(10);
  expect([world.asked, world.tested]).toEqual([[], 0]);
});

it('asks a provider that is out again and again in the silence of traffic, until it answers', async () => {
  const world = watched();
  world.fail(3);
  await world.pass(2);
  expect(world.asked).toEqual([]);
  await world.pass(8);
  expect(world.asked.length).toBeGreaterThan(1);
  expect(world.pool.outage.current(world.clock.now)).toMatchObject({ since: START_MS });
  world.answer = () => said(200);
  await world.pass(6);
  expect(world.pool.outage.current(world.clock.now)).toBeUndefined();
  const { length } = world.asked;
  await world.pass(10);
  expect(world.asked).toHaveLength(length);
});

it('asks less often the longer it lasts, and never so seldom that its end is seen after more than 7 s', async () => {
  const world = watched();
  world.fail(8);
  await world.pass(120);
  const waits = world.askedAt.slice(1).map((at, i) => at - (world.askedAt[i] ?? 0));
  expect(waits).toEqual([...waits].sort((a, b) => a - b));
  expect(waits.at(-1)).toBeGreaterThan(waits[0] ?? Infinity);
  expect(Math.max(...waits)).toBeLessThanOrEqual(7_000);
});

it('never asks a provider a second question while one is unanswered, and asks anew when that is given up', async () => {
  const world = watched();
  world.fail(8);
  let giveUp: (asked: Asked) => void = () => undefined;
  world.answer = () => new Promise((resolve) => (giveUp = resolve));
  await world.pass(30);
  expect(world.asked).toHaveLength(1);
  giveUp(said(503, { outcome: { kind: 'timeout', phase: 'headers' } }));
  world.answer = () => said(200);
  await world.pass(2);
  expect(world.breaker).toBe('closed');
});

it('lets embeddings alone end an outage of embeddings, and whole streams one of streams', async () => {
  const world = watched();
  world.fail(8, EMBEDDINGS);
  world.answer = ({ asks }) => said(asks?.path === EMBEDDINGS.path ? 503 : 200);
  await world.pass(30);
  expect([new Set(world.asked), world.breaker]).toEqual([new Set([EMBEDDINGS.path]), 'open']);
  world.answer = () => said(200);
  await world.pass(7);
  expect(world.breaker).toBe('closed');

  world.breakOff(8);
  world.answer = () => said(200, { isWhole: false });
  await world.pass(30);
  expect([world.asked.at(-1), world.breaker]).toEqual([`${CHAT.path} streamed`, 'open']);
  world.answer = () => said(200);
  await world.pass(7);
  expect(world.breaker).toBe('closed');
});

it('takes an outage of several endpoints for over when each of them has answered', async () => {
  const world = watched();
  world.fail(4, CHAT);
  world.fail(4, EMBEDDINGS);
  world.answer = ({ asks }) => said(asks?.path === EMBEDDINGS.path ? 503 : 200);
  await world.pass(30);
  expect(world.breaker).toBe('open');
  world.answer = () => said(200);
  await world.pass(7);
  expect(world.breaker).toBe('closed');
});

it('leaves to traffic what no question may repeat, and asks no more once something else is answered', async () => {
  const world = watched();
  world.fail(8, IMAGES);
  world.answer = () => said(200, { isLike: false });
  await world.pass(30);
  expect([world.asked.length, world.breaker]).toEqual([1, 'open']);
});

it('takes the end of an outage of everything for that of what no question may repeat', async () => {
  const world = watched();
  world.fail(8, IMAGES);
  world.answer = () => said(503, { isLike: false });
  await world.pass(30);
  world.answer = () => said(200, { isLike: false });
  await world.pass(7);
  expect(world.breaker).toBe('closed');
});

it('does not close a breaker on an answer while what had failed goes on failing', async () => {
  const world = watched();
  world.fail(8, EMBEDDINGS);
  world.answer = () => {
    world.clock.now += 1;
    world.fail(1, EMBEDDINGS);
    return said(200);
  };
  await world.pass(4);
  expect([world.asked.length, world.breaker]).toEqual([1, 'open']);
});

it('asks nothing while no key may be used', async () => {
  const world = watched();
  world.fail(8);
  world.answer = () => undefined;
  await world.pass(30);
  expect(world.breaker).toBe('open');
});

it('proves a proxy dead that failed once if it goes on failing, and brings it back with the first test that passes', async () => {
  const world = watched();
  world.egresses.askedInVain('p', 'egress', 'refused', world.clock.now);
  await world.pass(10);
  expect(world.proxy?.breaker.state).toBe('open');
  world.result = { latencyMs: 5, status: 200, error: undefined };
  await world.pass(4);
  expect(world.proxy).toMatchObject({ trouble: undefined, breaker: { state: 'closed' } });
  const { tested } = world;
  await world.pass(10);
  expect(world.tested).toBe(tested);
});

it('finds out of a proxy that is dead within 4 s of the first failed dial, though seldom traffic goes on failing', async () => {
  const world = watched();
  world.egresses.askedInVain('p', 'egress', 'refused', world.clock.now);
  await world.pass(3);
  expect(world.tested).toBeGreaterThan(1);
  world.egresses.askedInVain('p', 'egress', 'refused', world.clock.now);
  expect(world.proxy?.breaker.state).toBe('open');
});

it('does not hold it against a proxy that the far end is not there', async () => {
  const world = watched();
  world.egresses.askedInVain('p', 'egress', 'refused', world.clock.now);
  world.result = { ...UNREACHED, at: 'upstream' };
  await world.pass(10);
  expect(world.proxy).toMatchObject({ trouble: undefined, breaker: { state: 'closed' } });
  expect(world.tested).toBe(1);
});
