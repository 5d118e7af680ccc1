import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { BodyBudget, SMALL_BODY_BYTES } from '../../../../lib/gateway/body/body-budget';
import type { BodyShare } from '../../../../lib/gateway/body/body-share';
import { Stop } from '../../../../lib/balancer/stop';
import { ManualTimers } from '../manual-timers';

const MB = 2 ** 20;
let timers: ManualTimers;
let budget: BodyBudget;
let signal: Stop;

beforeEach(() => {
  timers = new ManualTimers();
  budget = new BodyBudget(100 * MB, timers);
  signal = new Stop();
});

/** A share that has got so much. */
function holding(bytes: number): BodyShare {
  const share = budget.share();
  expect(share.grow(bytes, signal)).toBe(true);
  return share;
}

/** One that waits; `got` is what it was told. */
function waitingFor(bytes: number, share = budget.share(), stop = signal) {
  const waiting: { got: boolean | undefined; share: BodyShare } = { got: undefined, share };
  const answer = share.grow(bytes, stop);
  if (answer === true) throw new Error('it does not wait');
  void answer.then((isGranted) => (waiting.got = isGranted));
  return waiting;
}

const told = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('the budget for bodies', () => {
  it('gives what there is, and takes it back once', () => {
    const share = holding(60 * MB);
    expect(budget.held).toBe(60 * MB);
    share.release();
    share.release();
    expect(budget.held).toBe(0);
    holding(100 * MB);
  });

  it('lets those wait for which there is no room, in their order, and none passes a larger one before it', async () => {
    const first = holding(60 * MB);
    const second = holding(40 * MB);
    const large = waitingFor(50 * MB);
    const later = waitingFor(2 * MB);
    second.release();
    await told();
    expect([large.got, later.got, budget.waiting]).toEqual([undefined, undefined, 2]);
    first.release();
    await told();
    expect([large.got, later.got, budget.held]).toEqual([true, true, 52 * MB]);
    expect(timers.waiting).toEqual([]);
  });

  it('lets small ones pass while large ones wait, up to a quarter more', async () => {
    holding(100 * MB);
    waitingFor(2 * MB);
    for (let i = 0; i < 12; i += 1) holding(MB);
    const medium = waitingFor(MB);
    while (budget.held < 125 * MB) holding(SMALL_BODY_BYTES);
    const one = waitingFor(1);
    expect(budget.held).toBe(125 * MB);
    await told();
    expect([medium.got, one.got]).toEqual([undefined, undefined]);
  });

  it('lets small ones pass medium ones that wait', async () => {
    holding(100 * MB);
    for (let i = 0; i < 12; i += 1) holding(MB);
    const small: BodyShare[] = [];
    while (budget.held < 125 * MB) small.push(holding(SMALL_BODY_BYTES));
    const medium = waitingFor(MB);
    const next = waitingFor(1);
    small[0]?.release();
    await told();
    expect([medium.got, next.got]).toEqual([undefined, true]);
  });

  it('refuses after ten seconds, and at once when a thousand wait', async () => {
    holding(100 * MB);
    const all = Array.from({ length: 1_000 }, () => waitingFor(2 * MB));
    const tooMany = waitingFor(2 * MB);
    await told();
    expect([tooMany.got, all[0]?.got]).toEqual([false, undefined]);
    expect(new Set(timers.waiting)).toEqual(new Set([10_000, 1_000]));
    timers.fire();
    await told();
    expect(all.every(({ got }) => got === false)).toBe(true);
    expect([budget.waiting, budget.held]).toEqual([0, 100 * MB]);
  });

  it('forgets who left, and lets the next one in', async () => {
    holding(60 * MB);
    const leaving = new Stop();
    const first = waitingFor(50 * MB, budget.share(), leaving);
    const next = waitingFor(40 * MB);
    leaving.abort();
    await told();
    expect([first.got, next.got]).toEqual([false, true]);
  });

  it('lets those wait that hold an eighth together, so that they cannot wait for each other', async () => {
    const all = holding(80 * MB);
    const growing = Array.from({ length: 12 }, () => waitingFor(90 * MB, holding(MB)));
    const refused = waitingFor(90 * MB, holding(MB));
    await told();
    expect([refused.got, growing[0]?.got]).toEqual([false, undefined]);
    all.release();
    for (const { share } of growing) {
      await told();
      expect(growing.filter(({ got }) => got === true)).toHaveLength(
        growing.findIndex((one) => one.share === share) + 1,
      );
      share.release();
    }
    refused.share.release();
    expect([budget.held, budget.waiting]).toEqual([0, 0]);
  });

  it('lets those wait that hold more, as long as each could still get what it needs', async () => {
    const other = holding(60 * MB);
    const begun = [holding(20 * MB), holding(20 * MB)];
    const [first, second] = begun.map((share) => waitingFor(28 * MB, share));
    await told();
    expect([first?.got, second?.got]).toEqual([undefined, undefined]);
    other.release();
    await told();
    expect([first?.got, second?.got]).toEqual([true, true]);
  });

  it('serves what is begun before what is not', async () => {
    const other = holding(80 * MB);
    const begun = holding(10 * MB);
    const late = waitingFor(90 * MB);
    const early = waitingFor(20 * MB, begun);
    other.release();
    await told();
    expect([late.got, early.got]).toEqual([undefined, true]);
  });

  it('refuses at once what could only wait for those that wait for it', async () => {
    const shares = [holding(45 * MB), holding(45 * MB)];
    const [first, second] = shares.map((share) => waitingFor(60 * MB, share));
    await told();
    expect([first?.got, second?.got]).toEqual([undefined, false]);
  });

  describe('while somebody waits', () => {
    const look = async (times = 1) => {
      for (let i = 0; i < times; i += 1) timers.fire(1_000);
      await told();
    };
    /** One that is being read; `got` is how much has come. */
    function reading(bytes: number, owner = '') {
      const state = { got: 0, isGivenUp: false, share: holding(bytes) };
      state.share.owner = owner;
      state.share.watch({ bytes: () => state.got, giveUp: () => void (state.isGivenUp = true) });
      return state;
    }
    function waitingOf(owner: string, bytes: number) {
      const share = budget.share();
      share.owner = owner;
      return waitingFor(bytes, share);
    }

    it('takes the share of a body that has stopped, and leaves one that gets on', async () => {
      const stopped = reading(60 * MB);
      const slow = reading(40 * MB);
      const next = waitingFor(50 * MB);
      for (let i = 0; i < 8; i += 1) {
        slow.got += 1_024;
        await look();
      }
      expect([stopped.isGivenUp, slow.isGivenUp, next.got]).toEqual([true, false, true]);
      expect(budget.held).toBe(90 * MB);
    });

    it('does so before those that wait are refused, and nothing is looked at when nobody waits', async () => {
      const stopped = reading(100 * MB);
      expect(timers.waiting).toEqual([]);
      const next = waitingFor(1 * MB + 1);
      await look(5);
      expect([stopped.isGivenUp, next.got]).toEqual([true, true]);
      expect(timers.waiting).toEqual([]);
    });

    it('takes nothing from a body that has come, however long it is needed', async () => {
      const whole = reading(100 * MB);
      whole.share.complete(100 * MB);
      waitingFor(50 * MB);
      await look(20);
      expect([whole.isGivenUp, budget.held]).toEqual([false, 100 * MB]);
    });

    it('lets one token have all that nobody else wants, and asks more haste of it when others wait', async () => {
      const all = Array.from({ length: 10 }, () => reading(10 * MB, 'greedy'));
      const own = waitingOf('greedy', 2 * MB);
      const trickle = async (times: number) => {
        for (let i = 0; i < times; i += 1) {
          for (const one of all) one.got += 2_048;
          await look();
        }
      };
      await trickle(20);
      expect(all.some(({ isGivenUp }) => isGivenUp)).toBe(false);
      const other = waitingOf('modest', 20 * MB);
      await trickle(5);
      expect([other.got, all[0]?.isGivenUp]).toEqual([true, true]);
      expect(own.got).toBe(true);
    });

    it('serves everybody else before a token that has more than half', async () => {
      const first = reading(60 * MB, 'greedy');
      const second = reading(40 * MB, 'greedy');
      const own = waitingOf('greedy', 35 * MB);
      const other = waitingOf('modest', 35 * MB);
      second.share.release();
      await told();
      expect([own.got, other.got]).toEqual([undefined, true]);
      first.share.release();
      await told();
      expect(own.got).toBe(true);
    });
  });

  it('obeys a new size from then on', async () => {
    holding(100 * MB);
    const waiting = waitingFor(20 * MB);
    budget.resize(150 * MB);
    await told();
    expect(waiting.got).toBe(true);
  });

  it('never gives more than a quarter over, and everybody who waits is told in the end', async () => {
    const step = fc.record({
      bytes: fc.integer({ min: 1, max: 40 * MB }),
      isRelease: fc.boolean(),
      which: fc.nat(20),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const clock = new ManualTimers();
        const one = new BodyBudget(64 * MB, clock);
        const shares = Array.from({ length: 21 }, () => one.share());
        const pending = new Set<number>();
        const answers: Promise<unknown>[] = [];
        for (const { bytes, isRelease, which } of steps) {
          const share = shares[which];
          if (share === undefined || pending.has(which)) continue;
          if (isRelease) share.release();
          else {
            const answer = share.grow(bytes, new Stop());
            if (answer !== true) {
              pending.add(which);
              answers.push(answer.then(() => pending.delete(which)));
            }
          }
          await told();
          expect(one.held).toBe(shares.reduce((sum, { bytes: held }) => sum + held, 0));
          expect(one.held).toBeLessThanOrEqual(80 * MB);
        }
        clock.fire();
        await Promise.all(answers);
        for (const share of shares) share.release();
        expect([one.held, one.waiting]).toEqual([0, 0]);
      }),
      { numRuns: 60 },
    );
  });
});
