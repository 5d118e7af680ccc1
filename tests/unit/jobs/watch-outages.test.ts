import { expect, it } from 'vitest';
import { Egresses } from '../../../lib/balancer/egress/egresses';
import type { EgressTest } from '../../../lib/jobs/probe-egress';
import { OutageWatch, type Asked } from '../../../lib/jobs/watch-outages';
import { answered, EventLog, poolOf, SeededRandom, settle, START_MS, take } from '../balancer/support';

const UNREACHED = { latencyMs: undefined, status: undefined, error: 'refused' } as const;

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
    asked: [] as string[],
    answer: { outcome: answered(503), detail: undefined } as Asked,
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
    fail(requests: number) {
      for (let i = 0; i < requests; i++) settle(pool, take(pool, clock.now), answered(503), clock.now);
    },
  };
  const watch = new OutageWatch({
    now: () => clock.now,
    providers: () => [{ pool, isEnabled: world.isEnabled }],
    ask: (_pool, model) => {
      world.asked.push(model);
      return Promise.resolve(world.answer);
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
  world.answer = { outcome: answered(200), detail: undefined };
  await world.pass(4);
  expect(world.pool.outage.current(world.clock.now)).toBeUndefined();
  const { length } = world.asked;
  await world.pass(10);
  expect(world.asked).toHaveLength(length);
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

it('does not hold it against a proxy that the far end is not there', async () => {
  const world = watched();
  world.egresses.askedInVain('p', 'egress', 'refused', world.clock.now);
  world.result = { ...UNREACHED, at: 'upstream' };
  await world.pass(10);
  expect(world.proxy).toMatchObject({ trouble: undefined, breaker: { state: 'closed' } });
  expect(world.tested).toBe(1);
});
