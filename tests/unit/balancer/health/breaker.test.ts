import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Breaker, type BreakerSnapshot } from '../../../../lib/balancer/health/breaker';
import type { HalfOpenProbe } from '../../../../lib/balancer/health/half-open';

/** So many client requests, each of which fails once. */
function failTimes(breaker: Breaker, times: number, now: number): void {
  for (let i = 0; i < times; i++) breaker.failure(undefined, 'upstream_error 500', {}, now);
}

function opened(now = 0): Breaker {
  const breaker = new Breaker();
  breaker.trip('failures', 'down', now);
  return breaker;
}

/** The probe that the breaker gives out now. */
function probeOf(breaker: Breaker, now: number): HalfOpenProbe {
  const admission = breaker.admit(now);
  if (typeof admission === 'string') throw new Error(`no probe: ${admission}`);
  return admission;
}

describe('a breaker that opened because answers broke off', () => {
  function openedByBreaks(): Breaker {
    const breaker = new Breaker();
    for (let i = 0; i < 8; i++) breaker.brokeOff(undefined, 'cut', {}, 0);
    return breaker;
  }

  it('is not closed by an answer that begins, only by one that comes whole', () => {
    const breaker = openedByBreaks();
    const probe = probeOf(breaker, 1_000);
    breaker.began(probe, 1_100);
    expect(breaker.state).toBe('half_open');
    expect(breaker.admit(2_000)).toBe('refused');
    breaker.success(probe);
    expect(breaker.state).toBe('closed');
  });

  it('opens again for longer when the answer of its probe breaks off, however often', () => {
    const breaker = openedByBreaks();
    let now = 1_000;
    for (const restMs of [1_500, 1_500, 1_500]) {
      const probe = probeOf(breaker, now);
      breaker.began(probe, now);
      breaker.brokeOff(probe, 'cut', {}, now + 500);
      expect(breaker.snapshot).toMatchObject({ state: 'open', openUntil: now + 500 + restMs });
      now += 500 + restMs;
    }
  });

  it('does not wait for the end of an answer that goes on for five seconds', () => {
    const breaker = openedByBreaks();
    const probe = probeOf(breaker, 1_000);
    breaker.began(probe, 2_000);
    expect(breaker.waitMs(6_999)).toBe(1);
    expect(breaker.admit(6_999)).toBe('refused');
    expect(breaker.admit(7_000)).toBe('pass');
    expect(breaker.state).toBe('closed');
  });

  it('gives out another probe when the client of the first has left', () => {
    const breaker = openedByBreaks();
    const probe = probeOf(breaker, 1_000);
    breaker.began(probe, 1_000);
    breaker.probeUndecided(probe);
    expect(breaker.admit(1_000)).toBeTypeOf('object');
  });

  it('is one that any beginning closes when it opens the next time for other failures', () => {
    const breaker = openedByBreaks();
    breaker.success(probeOf(breaker, 1_000));
    failTimes(breaker, 8, 2_000);
    breaker.began(probeOf(breaker, 3_000), 3_000);
    expect(breaker.state).toBe('closed');
  });
});

describe('a closed breaker', () => {
  it('lets everything pass without a wait', () => {
    const breaker = new Breaker();
    expect(breaker.admit(0)).toBe('pass');
    expect(breaker.admit(0)).toBe('pass');
    expect(breaker.waitMs(0)).toBe(0);
  });

  it('opens at the eighth failure in a row, with the reason of the last', () => {
    const breaker = new Breaker();
    failTimes(breaker, 7, 0);
    expect(breaker.snapshot.state).toBe('closed');
    breaker.failure(undefined, 'timed_out', {}, 0);
    expect(breaker.snapshot).toEqual({
      state: 'open',
      cause: 'failures',
      reason: 'timed_out',
      openUntil: 1000,
    });
  });

  it('starts counting anew after a success', () => {
    const breaker = new Breaker();
    failTimes(breaker, 7, 0);
    breaker.success(undefined);
    failTimes(breaker, 7, 0);
    expect(breaker.snapshot.state).toBe('closed');
  });

  it('starts counting answers that break off anew after a success', () => {
    const breaker = new Breaker();
    for (let i = 0; i < 14; i++) {
      if (i === 7) breaker.success(undefined);
      breaker.brokeOff(undefined, 'cut', {}, 0);
    }
    expect(breaker.snapshot.state).toBe('closed');
  });

  it('starts counting anew after a check that was passed', () => {
    const breaker = new Breaker();
    failTimes(breaker, 7, 0);
    breaker.close();
    failTimes(breaker, 7, 0);
    expect(breaker.snapshot.state).toBe('closed');
  });

  it('starts counting anew when an answer begins, however long that takes to end', () => {
    const breaker = new Breaker();
    for (let i = 0; i < 100; i++) {
      breaker.failure(undefined, 'upstream_error 500', {}, 0);
      breaker.began(undefined, 0);
    }
    expect(breaker.snapshot.state).toBe('closed');
  });

  it('opens at the eighth answer in a row that breaks off, although each of them began well', () => {
    const breaker = new Breaker();
    for (let i = 0; i < 8; i++) {
      expect(breaker.snapshot.state).toBe('closed');
      breaker.began(undefined, 0);
      breaker.brokeOff(undefined, 'cut', {}, 0);
    }
    expect(breaker.snapshot).toMatchObject({ state: 'open', reason: 'cut' });
  });

  it('counts answers that break off apart from those that do not begin', () => {
    const breaker = new Breaker();
    failTimes(breaker, 7, 0);
    for (let i = 0; i < 7; i++) breaker.brokeOff(undefined, 'cut', {}, 0);
    expect(breaker.snapshot.state).toBe('closed');
  });

  it('forgets failures older than 30 s', () => {
    const breaker = new Breaker();
    failTimes(breaker, 7, 0);
    breaker.failure(undefined, 'late', {}, 30_001);
    expect(breaker.snapshot.state).toBe('closed');
    failTimes(breaker, 7, 30_001);
    expect(breaker.snapshot.state).toBe('open');
  });

  it('counts failures up to 30 s apart as in a row', () => {
    const breaker = new Breaker();
    failTimes(breaker, 7, 0);
    breaker.failure(undefined, 'late', {}, 30_000);
    expect(breaker.snapshot.state).toBe('open');
  });

  it('counts the 30 s from the first failure of the row', () => {
    const breaker = new Breaker();
    for (let i = 0; i < 100; i++) failTimes(breaker, 1, i * 10_000);
    expect(breaker.snapshot.state).toBe('closed');
  });

  it('refuses a confirmation, for there is no suspicion to confirm', () => {
    expect(new Breaker().admitConfirmation(0)).toBe('refused');
  });
});

describe('one request is one witness', () => {
  it('a breaker stays closed for the attempts of fewer than three different requests', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(1), fc.boolean()), { maxLength: 60 }), (attempts) => {
        const breaker = new Breaker(undefined, { failuresToOpen: 1, openMsMax: 1_000 });
        const requests = [{}, {}] as const;
        for (const [index, hadBegun] of attempts) {
          const request = requests[index] ?? {};
          if (hadBegun) breaker.brokeOff(undefined, 'cut', request, 0);
          else breaker.failure(undefined, 'down', request, 0);
        }
        expect(breaker.state).toBe('closed');
      }),
    );
  });

  it('the third different request opens it, once there are failures enough', () => {
    const breaker = new Breaker();
    const [first, second, third] = [{}, {}, {}];
    for (let i = 0; i < 10; i++) breaker.failure(undefined, 'down', i % 2 === 0 ? first : second, 0);
    expect(breaker.state).toBe('closed');
    breaker.failure(undefined, 'down', third, 0);
    expect(breaker.state).toBe('open');
  });

  it('three different requests do not open it before there are failures enough', () => {
    const breaker = new Breaker();
    const requests = [{}, {}, {}];
    for (let i = 0; i < 7; i++) breaker.failure(undefined, 'down', requests[i % 3] ?? {}, 0);
    expect(breaker.state).toBe('closed');
  });

  it('those from before a success, or before the 30 s, are no witnesses any more', () => {
    const breaker = new Breaker();
    const request = {};
    failTimes(breaker, 5, 0);
    breaker.success(undefined);
    for (let i = 0; i < 9; i++) breaker.failure(undefined, 'down', request, 0);
    expect(breaker.state).toBe('closed');
    failTimes(breaker, 1, 0);
    for (let i = 0; i < 9; i++) breaker.failure(undefined, 'down', request, 30_001);
    expect(breaker.state).toBe('closed');
  });

  it('answers that break off have witnesses of their own', () => {
    const breaker = new Breaker();
    const request = {};
    failTimes(breaker, 5, 0);
    for (let i = 0; i < 9; i++) breaker.brokeOff(undefined, 'cut', request, 0);
    expect(breaker.state).toBe('closed');
  });
});

describe('an open breaker', () => {
  it('refuses until its rest is over and tells how long that is', () => {
    const breaker = opened();
    expect(breaker.admit(999)).toBe('refused');
    expect(breaker.waitMs(400)).toBe(600);
    expect(breaker.waitMs(1_500)).toBe(0);
    expect(breaker.admit(1000)).toBeTypeOf('object');
  });

  it('is not closed by the late success of a request from before', () => {
    const breaker = opened();
    breaker.success(undefined);
    expect(breaker.snapshot.state).toBe('open');
  });

  it('is not prolonged by late failures of requests from before', () => {
    const breaker = opened();
    failTimes(breaker, 50, 900);
    for (let i = 0; i < 50; i++) breaker.brokeOff(undefined, 'cut', {}, 900);
    expect(breaker.waitMs(1000)).toBe(0);
  });

  it('forgets what opened it: once closed, it takes as many failures as ever to open it', () => {
    const breaker = new Breaker();
    for (let i = 0; i < 7; i++) breaker.brokeOff(undefined, 'cut', {}, 0);
    failTimes(breaker, 8, 0);
    breaker.success(probeOf(breaker, 1000));
    failTimes(breaker, 7, 1000);
    breaker.brokeOff(undefined, 'cut', {}, 1000);
    expect(breaker.state).toBe('closed');
  });

  it('lets one confirmation through at once, and only one', () => {
    const breaker = opened();
    expect(breaker.admitConfirmation(0)).toBeTypeOf('object');
    expect(breaker.admitConfirmation(0)).toBe('refused');
    expect(breaker.admitConfirmation(3_999)).toBe('refused');
    expect(breaker.admitConfirmation(4_000)).toBeTypeOf('object');
  });

  it('is closed by a check that was passed, and opens as shortly as the first time after that', () => {
    const breaker = opened();
    breaker.failure(probeOf(breaker, 1000), 'down', {}, 1000);
    expect(breaker.waitMs(1000)).toBe(1500);
    breaker.close();
    expect(breaker.admit(1000)).toBe('pass');
    breaker.trip('failures', 'down', 1000);
    expect(breaker.waitMs(1000)).toBe(1000);
  });
});

describe('a half-open breaker', () => {
  it('lets one probe through at a time', () => {
    const breaker = opened();
    probeOf(breaker, 1000);
    expect(breaker.snapshot).toEqual({
      state: 'half_open',
      cause: 'failures',
      reason: 'down',
      openUntil: undefined,
    });
    expect(breaker.admit(1000)).toBe('refused');
    expect(breaker.waitMs(2000)).toBe(3000);
  });

  it('closes with the success of its probe and forgets the past', () => {
    const breaker = opened();
    breaker.success(probeOf(breaker, 1000));
    expect(breaker.snapshot).toEqual({
      state: 'closed',
      cause: undefined,
      reason: undefined,
      openUntil: undefined,
    });
    breaker.trip('failures', 'again', 2000);
    expect(breaker.waitMs(2000)).toBe(1000);
  });

  it('is not closed by the success of a request that is not its probe', () => {
    const breaker = opened();
    probeOf(breaker, 1000);
    breaker.success(undefined);
    expect(breaker.snapshot.state).toBe('half_open');
  });

  it('is not opened by the failure of a request that is not its probe', () => {
    const breaker = opened();
    probeOf(breaker, 1000);
    failTimes(breaker, 50, 1000);
    for (let i = 0; i < 50; i++) breaker.brokeOff(undefined, 'cut', {}, 1000);
    expect(breaker.snapshot.state).toBe('half_open');
  });

  it('opens again with the failure of its one probe, whoever sent that, for longer but never 2 s', () => {
    const breaker = opened();
    const rests = [breaker.waitMs(0)];
    const request = {};
    let now = 0;
    for (let i = 0; i < 20; i++) {
      now += breaker.waitMs(now);
      breaker.failure(probeOf(breaker, now), 'still down', request, now);
      expect(breaker.state).toBe('open');
      rests.push(breaker.waitMs(now));
    }
    expect(rests.slice(0, 4)).toEqual([1000, 1500, 1500, 1500]);
    expect(Math.max(...rests)).toBeLessThan(2000);
  });

  it('keeps the cause it was opened for through failed probes', () => {
    const breaker = new Breaker();
    breaker.trip('shared_cause', 'all 401', 0);
    breaker.failure(probeOf(breaker, 1000), 'timed_out', {}, 1000);
    expect(breaker.snapshot).toMatchObject({ state: 'open', cause: 'shared_cause', reason: 'timed_out' });
  });

  it('lets another probe through when one is stuck for 4 s, and hears both', () => {
    const breaker = opened();
    const stuck = probeOf(breaker, 1000);
    expect(breaker.admit(4999)).toBe('refused');
    const next = probeOf(breaker, 5000);
    breaker.probeUndecided(next);
    breaker.success(stuck);
    expect(breaker.snapshot.state).toBe('closed');
  });

  it('takes the failure of a stuck probe that comes after the closing for an ordinary one', () => {
    const breaker = opened();
    const stuck = probeOf(breaker, 1000);
    breaker.success(probeOf(breaker, 5000));
    breaker.failure(stuck, 'timed_out', {}, 300_000);
    expect(breaker.snapshot.state).toBe('closed');
  });

  it('is not opened for longer by a stuck probe that fails after the one that opened it again', () => {
    const breaker = opened();
    const stuck = probeOf(breaker, 1000);
    breaker.failure(probeOf(breaker, 5000), 'upstream_error 500', {}, 5000);
    breaker.failure(stuck, 'timed_out', {}, 6400);
    expect(breaker.waitMs(6400)).toBe(100);
  });

  it('lets the next probe through at once when one ended undecided', () => {
    const breaker = opened();
    breaker.probeUndecided(probeOf(breaker, 1000));
    expect(breaker.state).toBe('half_open');
    expect(breaker.admit(1000)).toBeTypeOf('object');
  });

  it('goes on waiting for its probe when a stuck one ends undecided', () => {
    const breaker = opened();
    const stuck = probeOf(breaker, 1000);
    probeOf(breaker, 5000);
    breaker.probeUndecided(stuck);
    expect(breaker.admit(5000)).toBe('refused');
  });

  it.each(['success', 'failure'] as const)(
    'hears what a probe tells first; its later %s is that of any request',
    (later) => {
      const breaker = opened();
      const probe = probeOf(breaker, 1000);
      breaker.probeUndecided(probe);
      probeOf(breaker, 1000);
      if (later === 'success') breaker.success(probe);
      else breaker.failure(probe, 'down', {}, 1000);
      expect(breaker.state).toBe('half_open');
    },
  );
});

it('a breaker rests as long as its limits say at most', () => {
  const breaker = new Breaker(undefined, { failuresToOpen: 3, openMsMax: 60_000 });
  failTimes(breaker, 3, 0);
  const rests: number[] = [];
  let now = 0;
  for (let i = 0; i < 8; i++) {
    rests.push(breaker.waitMs(now));
    now += breaker.waitMs(now);
    breaker.failure(probeOf(breaker, now), 'down', {}, now);
  }
  expect(rests).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
});

it('a breaker tells every change of state once', () => {
  const seen: BreakerSnapshot[] = [];
  const breaker = new Breaker((snapshot) => seen.push(snapshot));
  breaker.close();
  breaker.trip('failures', 'down', 0);
  probeOf(breaker, 1000);
  breaker.failure(probeOf(breaker, 5000), 'down', {}, 5000);
  const last = probeOf(breaker, 7000);
  breaker.success(last);
  breaker.success(last);
  expect(seen.map(({ state }) => state)).toEqual(['open', 'half_open', 'open', 'half_open', 'closed']);
  expect(seen[0]).toEqual({ state: 'open', cause: 'failures', reason: 'down', openUntil: 1000 });
});
