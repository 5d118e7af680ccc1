import { describe, expect, it } from 'vitest';
import { Breaker, type BreakerSnapshot } from '../../../lib/balancer/breaker';

function failTimes(breaker: Breaker, times: number, now: number): void {
  for (let i = 0; i < times; i++) breaker.failure(false, 'upstream_error 500', now);
}

function opened(now = 0): Breaker {
  const breaker = new Breaker();
  breaker.trip('failures', 'down', now);
  return breaker;
}

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
    breaker.failure(false, 'timed_out', 0);
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
    breaker.success(false);
    failTimes(breaker, 7, 0);
    expect(breaker.snapshot.state).toBe('closed');
  });

  it('starts counting anew when an answer begins, however long that takes to end', () => {
    const breaker = new Breaker();
    for (let i = 0; i < 100; i++) {
      breaker.failure(false, 'upstream_error 500', 0);
      breaker.answered();
    }
    expect(breaker.snapshot.state).toBe('closed');
  });

  it('opens at the eighth answer in a row that breaks off, although each of them began well', () => {
    const breaker = new Breaker();
    for (let i = 0; i < 8; i++) {
      expect(breaker.snapshot.state).toBe('closed');
      breaker.answered();
      breaker.brokeOff('cut', 0);
    }
    expect(breaker.snapshot).toMatchObject({ state: 'open', reason: 'cut' });
  });

  it('forgets failures older than 30 s', () => {
    const breaker = new Breaker();
    failTimes(breaker, 7, 0);
    breaker.failure(false, 'late', 30_001);
    expect(breaker.snapshot.state).toBe('closed');
    failTimes(breaker, 7, 30_001);
    expect(breaker.snapshot.state).toBe('open');
  });

  it('counts failures up to 30 s apart as in a row', () => {
    const breaker = new Breaker();
    failTimes(breaker, 7, 0);
    breaker.failure(false, 'late', 30_000);
    expect(breaker.snapshot.state).toBe('open');
  });

  it('refuses a confirmation, for there is no suspicion to confirm', () => {
    expect(new Breaker().admitConfirmation(0)).toBe('refused');
  });
});

describe('an open breaker', () => {
  it('refuses until its rest is over and tells how long that is', () => {
    const breaker = opened();
    expect(breaker.admit(999)).toBe('refused');
    expect(breaker.waitMs(400)).toBe(600);
    expect(breaker.admit(1000)).toBe('trial');
  });

  it('is not closed by the late success of a request from before', () => {
    const breaker = opened();
    breaker.success(false);
    expect(breaker.snapshot.state).toBe('open');
  });

  it('is not prolonged by late failures of requests from before', () => {
    const breaker = opened();
    failTimes(breaker, 50, 900);
    expect(breaker.waitMs(1000)).toBe(0);
  });

  it('lets one confirmation through at once, and only one', () => {
    const breaker = opened();
    expect(breaker.admitConfirmation(0)).toBe('trial');
    expect(breaker.admitConfirmation(0)).toBe('refused');
  });
});

describe('a half-open breaker', () => {
  it('lets one trial through at a time', () => {
    const breaker = opened();
    expect(breaker.admit(1000)).toBe('trial');
    expect(breaker.snapshot.state).toBe('half_open');
    expect(breaker.admit(1000)).toBe('refused');
    expect(breaker.waitMs(2000)).toBe(3000);
  });

  it('closes with the success of its trial and forgets the past', () => {
    const breaker = opened();
    breaker.admit(1000);
    breaker.success(true);
    expect(breaker.snapshot).toEqual({
      state: 'closed',
      cause: undefined,
      reason: undefined,
      openUntil: undefined,
    });
    breaker.trip('failures', 'again', 2000);
    expect(breaker.waitMs(2000)).toBe(1000);
  });

  it('is not closed by the success of a request that is not its trial', () => {
    const breaker = opened();
    breaker.admit(1000);
    breaker.success(false);
    expect(breaker.snapshot.state).toBe('half_open');
  });

  it('is not opened by the failure of a request that is not its trial', () => {
    const breaker = opened();
    breaker.admit(1000);
    failTimes(breaker, 50, 1000);
    expect(breaker.snapshot.state).toBe('half_open');
  });

  it('rests longer after each failed trial, but never 5 s', () => {
    const breaker = opened();
    const rests = [breaker.waitMs(0)];
    let now = 0;
    for (let i = 0; i < 20; i++) {
      now += breaker.waitMs(now);
      expect(breaker.admit(now)).toBe('trial');
      breaker.failure(true, 'still down', now);
      rests.push(breaker.waitMs(now));
    }
    expect(rests.slice(0, 4)).toEqual([1000, 2000, 4000, 4000]);
    expect(Math.max(...rests)).toBeLessThan(5000);
  });

  it('keeps the cause it was opened for through failed trials', () => {
    const breaker = new Breaker();
    breaker.trip('shared_cause', 'all 401', 0);
    breaker.admit(1000);
    breaker.failure(true, 'timed_out', 1000);
    expect(breaker.snapshot).toMatchObject({ state: 'open', cause: 'shared_cause', reason: 'timed_out' });
  });

  it('lets another trial through when one is stuck for 4 s', () => {
    const breaker = opened();
    breaker.admit(1000);
    expect(breaker.admit(4999)).toBe('refused');
    expect(breaker.admit(5000)).toBe('trial');
    breaker.success(true);
    expect(breaker.snapshot.state).toBe('closed');
  });

  it('takes the failure of a stuck trial that comes after the closing for an ordinary one', () => {
    const breaker = opened();
    breaker.admit(1000);
    breaker.admit(5000);
    breaker.success(true);
    breaker.failure(true, 'timed_out', 300_000);
    expect(breaker.snapshot.state).toBe('closed');
  });

  it('is not opened for longer by a stuck trial that fails after the one that opened it again', () => {
    const breaker = opened();
    breaker.admit(1000);
    breaker.admit(5000);
    breaker.failure(true, 'upstream_error 500', 5000);
    breaker.failure(true, 'timed_out', 6900);
    expect(breaker.waitMs(6900)).toBe(100);
  });

  it('lets the next trial through at once when one ended undecided', () => {
    const breaker = opened();
    breaker.admit(1000);
    breaker.trialUndecided();
    expect(breaker.admit(1000)).toBe('trial');
  });
});

it('a breaker tells every change of state once', () => {
  const seen: BreakerSnapshot[] = [];
  const breaker = new Breaker((snapshot) => seen.push(snapshot));
  breaker.trip('failures', 'down', 0);
  breaker.admit(1000);
  breaker.admit(5000);
  breaker.failure(true, 'down', 5000);
  breaker.admit(7000);
  breaker.success(true);
  breaker.success(true);
  expect(seen.map(({ state }) => state)).toEqual(['open', 'half_open', 'open', 'half_open', 'closed']);
});
