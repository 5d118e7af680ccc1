import { describe, expect, it } from 'vitest';
import type { Egresses } from '../../../../lib/balancer/egress/egresses';
import type { EgressLease } from '../../../../lib/balancer/egress/lease';
import { VERDICTS, type VerdictName } from '../../../../lib/balancer/attempts/verdict';
import { EventLog, START_MS as NOW } from '../support';
import { bindTo, egressesOf, egressOf, fail, send, through } from './support';

const WORKS = [
  'success',
  'client_error',
  'request_refused',
  'key_rejected',
  'model_denied',
  'quota_exhausted',
  'rate_limited',
  'rejected',
  'upstream_error',
  'model_unavailable',
  'empty_stream',
] as const satisfies readonly VerdictName[];
const UNCLEAR = [
  'upstream_unreachable',
  'connection_lost',
  'timed_out',
  'cut',
  'stalled',
] as const satisfies readonly VerdictName[];
const NOTHING = [
  'egress_blocked',
  'client_closed',
  'lost_in_sending',
] as const satisfies readonly VerdictName[];

const FAILED = { at: NOW, latencyMs: undefined, status: undefined, error: 'dead' };
const PASSED = { at: NOW, latencyMs: 5, status: 200, error: undefined };

const stateOf = (egresses: Egresses, egressId: string) => egressOf(egresses, egressId).breaker.state;

/** Proxies of which the first has failed and is half-open at the time of the probe. */
function halfOpen(egressIds = 'a'): { egresses: Egresses; probing: EgressLease; now: number } {
  const egresses = egressesOf(egressIds);
  fail(egresses, 'a');
  const now = NOW + 1_000;
  return { egresses, probing: through(egresses, 'k', bindTo('a'), now), now };
}

describe('a proxy that cannot be reached', () => {
  it('rests after three different requests, and notes what the last was told', () => {
    const egresses = egressesOf('a');
    fail(egresses, 'a', 2);
    expect(stateOf(egresses, 'a')).toBe('closed');
    fail(egresses, 'a', 1, NOW + 5);
    expect(egressOf(egresses, 'a').breaker.snapshot).toMatchObject({ state: 'open', cause: 'failures' });
    expect(egressOf(egresses, 'a')).toMatchObject({
      errorCount: 3,
      lastError: 'told: egress_unreachable',
      lastErrorAt: NOW + 5,
    });
  });

  it('does not rest because of fewer, however many attempts they make', () => {
    const egresses = egressesOf('a');
    const [first, second] = [{}, {}];
    for (let i = 0; i < 20; i++) {
      send(egresses, 'a', 'egress_unreachable', { witness: i % 2 === 0 ? first : second });
    }
    expect(stateOf(egresses, 'a')).toBe('closed');
  });

  it('rests longer each time that its one probe fails, up to a minute', () => {
    const egresses = egressesOf('a');
    fail(egresses, 'a');
    let now = NOW;
    const rests: number[] = [];
    for (let i = 0; i < 9; i++) {
      const rest = egressOf(egresses, 'a').breaker.waitMs(now);
      rests.push(rest);
      now += rest;
      fail(egresses, 'a', 1, now);
    }
    expect(rests).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  });
});

describe('whatever else comes back', () => {
  it.each(WORKS)('shows that the proxy works, and closes its breaker if it was the probe: %s', (name) => {
    const { egresses, probing, now } = halfOpen();
    egresses.settle(probing, 'p', VERDICTS[name], '', {}, now);
    expect(stateOf(egresses, 'a')).toBe('closed');
    fail(egresses, 'a', 2, now);
    send(egresses, 'a', name, { now });
    fail(egresses, 'a', 2, now);
    expect(stateOf(egresses, 'a')).toBe('closed');
    expect(egressOf(egresses, 'a').errorCount).toBe(7);
  });

  it.each(WORKS)('does not close a breaker for what was sent before it opened: %s', (name) => {
    const egresses = egressesOf('a');
    const early = through(egresses, 'k', bindTo('a'));
    fail(egresses, 'a');
    egresses.settle(early, 'p', VERDICTS[name], '', {}, NOW);
    expect(stateOf(egresses, 'a')).toBe('open');
  });

  it.each(NOTHING)('says nothing good or bad about the proxy: %s', (name) => {
    const events = new EventLog();
    const egresses = egressesOf('ab', events);
    send(egresses, 'b', 'success');
    for (const told of ['egress_unreachable', 'cut'] as const) {
      send(egresses, 'a', told);
      for (let i = 0; i < 5; i++) send(egresses, 'a', name);
      expect(stateOf(egresses, 'a')).toBe('closed');
      send(egresses, 'a', told);
    }
    expect(egressOf(egresses, 'a').errorCount).toBe(2);
    expect(events.egressChanges).toHaveLength(2);
    // Nothing was forgiven: the third failure is the third in a row, and all of them are its own.
    send(egresses, 'a', 'cut');
    expect(stateOf(egresses, 'a')).toBe('open');
    expect(egressOf(egresses, 'a').errorCount).toBe(5);
  });

  it.each(NOTHING)('says nothing about failures to reach the proxy: %s', (name) => {
    const egresses = egressesOf('a');
    fail(egresses, 'a', 2);
    send(egresses, 'a', name);
    fail(egresses, 'a', 1);
    expect(stateOf(egresses, 'a')).toBe('open');
  });

  it.each(NOTHING)('does not count as reaching the provider through the proxy: %s', (name) => {
    const egresses = egressesOf('ab');
    send(egresses, 'b', name);
    for (let i = 0; i < 5; i++) send(egresses, 'a', 'cut');
    expect(stateOf(egresses, 'a')).toBe('closed');
  });

  it.each(NOTHING)('leaves a half-open breaker undecided, and the next request is the probe: %s', (name) => {
    const { egresses, probing, now } = halfOpen();
    egresses.settle(probing, 'p', VERDICTS[name], '', {}, now);
    expect(stateOf(egresses, 'a')).toBe('half_open');
    expect(through(egresses, 'k', bindTo('a'), now).probe).toBeDefined();
  });
});

describe('a failure that may be the proxy\u2019s or the provider\u2019s', () => {
  it.each(UNCLEAR)('opens the breaker at the third request if others reach the provider: %s', (name) => {
    const egresses = egressesOf('ab');
    send(egresses, 'b', 'rate_limited');
    send(egresses, 'a', name);
    send(egresses, 'a', name);
    expect(stateOf(egresses, 'a')).toBe('closed');
    send(egresses, 'a', name);
    expect(egressOf(egresses, 'a').breaker.snapshot).toMatchObject({
      state: 'open',
      cause: 'failures',
      reason: `told: ${name}`,
    });
    expect(egressOf(egresses, 'a')).toMatchObject({ errorCount: 3, lastError: `told: ${name}` });
  });

  it.each(UNCLEAR)(
    'is nobody\u2019s as long as no other proxy has reached that provider since the first: %s',
    (name) => {
      const egresses = egressesOf('ab');
      let now = NOW;
      const failed = (): string => {
        now += 1;
        send(egresses, 'a', name, { now });
        return stateOf(egresses, 'a');
      };
      send(egresses, 'b', 'success', { now });
      for (let i = 0; i < 10; i++) expect(failed()).toBe('closed');
      send(egresses, 'b', 'success', { now, provider: 'other' });
      expect(failed()).toBe('closed');
      // Itself is no other.
      send(egresses, 'a', 'success', { now });
      expect(failed()).toBe('closed');
      send(egresses, 'b', 'success', { now });
      expect(failed()).toBe('open');
    },
  );

  it('counts each request once, however many attempts that makes', () => {
    const egresses = egressesOf('ab');
    send(egresses, 'b', 'success');
    const [first, second] = [{}, {}];
    for (let i = 0; i < 20; i++) send(egresses, 'a', 'timed_out', { witness: i % 2 === 0 ? first : second });
    expect(stateOf(egresses, 'a')).toBe('closed');
    send(egresses, 'a', 'timed_out');
    expect(stateOf(egresses, 'a')).toBe('open');
  });

  it.each(WORKS.filter((name) => name !== 'success'))(
    'is forgiven with an answer that is none: %s',
    (name) => {
      const egresses = egressesOf('ab');
      send(egresses, 'b', 'success');
      for (const told of ['cut', 'cut', name, 'cut', 'cut'] as const) send(egresses, 'a', told);
      expect(stateOf(egresses, 'a')).toBe('closed');
    },
  );

  it('is forgiven with an answer that comes whole, but not with one that has only begun', () => {
    for (const isWhole of [true, false]) {
      const egresses = egressesOf('ab');
      send(egresses, 'b', 'success');
      for (let i = 0; i < 3; i++) {
        const lease = send(egresses, 'a', 'success');
        if (isWhole) egresses.finished(lease);
        egresses.settle(lease, 'p', VERDICTS.cut, 'cut', {}, NOW);
      }
      expect(stateOf(egresses, 'a')).toBe(isWhole ? 'closed' : 'open');
    }
  });

  it('counts when the answer had begun as the probe, like any other', () => {
    const { egresses, probing, now } = halfOpen('ab');
    egresses.settle(probing, 'p', VERDICTS.success, '', {}, now);
    send(egresses, 'b', 'success', { now });
    egresses.settle(probing, 'p', VERDICTS.cut, 'cut', {}, now);
    send(egresses, 'a', 'cut', { now });
    expect(stateOf(egresses, 'a')).toBe('closed');
    send(egresses, 'a', 'cut', { now });
    expect(stateOf(egresses, 'a')).toBe('open');
  });

  it('opens a half-open breaker again as its one probe', () => {
    const { egresses, probing, now } = halfOpen();
    egresses.settle(probing, 'p', VERDICTS.timed_out, 'silent', {}, now);
    expect(egressOf(egresses, 'a').breaker.snapshot).toMatchObject({ state: 'open', reason: 'silent' });
    expect(egressOf(egresses, 'a').breaker.waitMs(now)).toBe(2_000);
  });

  it('of requests from before neither prolongs the rest nor counts after it', () => {
    const egresses = egressesOf('ab');
    const early = Array.from({ length: 9 }, () => through(egresses, 'k', bindTo('a')));
    fail(egresses, 'a');
    send(egresses, 'b', 'success', { now: NOW + 900 });
    for (const lease of early) egresses.settle(lease, 'p', VERDICTS.connection_lost, 'reset', {}, NOW + 900);
    expect(egressOf(egresses, 'a').breaker.waitMs(NOW + 900)).toBe(100);
    send(egresses, 'a', 'success', { now: NOW + 1_000 });
    send(egresses, 'a', 'connection_lost', { now: NOW + 1_000 });
    expect(stateOf(egresses, 'a')).toBe('closed');
  });

  it('counts anew after it has opened the breaker', () => {
    const egresses = egressesOf('ab');
    send(egresses, 'b', 'success');
    for (let i = 0; i < 3; i++) send(egresses, 'a', 'cut');
    send(egresses, 'a', 'success', { now: NOW + 1_000 });
    send(egresses, 'b', 'success', { now: NOW + 1_000 });
    for (let i = 0; i < 2; i++) send(egresses, 'a', 'cut', { now: NOW + 1_000 });
    expect(stateOf(egresses, 'a')).toBe('closed');
  });
});

describe('an answer that ends long after it was the probe of its proxy', () => {
  it.each(['client_closed', 'cut', 'egress_unreachable', 'success'] as const)(
    'says nothing about the next probe: %s',
    (end) => {
      const { egresses, probing: first } = halfOpen();
      const alone = bindTo('a');
      egresses.settle(first, 'p', VERDICTS.success, '', {}, NOW + 1_100);
      fail(egresses, 'a', 3, NOW + 1_200);
      const second = through(egresses, 'k', alone, NOW + 2_200);
      expect(second.probe?.isAnswered).toBe(false);
      egresses.settle(first, 'p', VERDICTS[end], end, {}, NOW + 2_300);
      expect(stateOf(egresses, 'a')).toBe('half_open');
      expect(through(egresses, 'k', alone, NOW + 2_400).probe).toBeUndefined();
      egresses.settle(second, 'p', VERDICTS.success, '', {}, NOW + 2_500);
      expect(stateOf(egresses, 'a')).toBe('closed');
    },
  );
});

describe('a proxy whose rejections other proxies contradict', () => {
  const contradict = (egresses: Egresses, witness = {}): boolean =>
    egresses.contradicted(egressOf(egresses, 'a'), witness);

  it('is to blame at the third different request', () => {
    const egresses = egressesOf('a');
    const request = {};
    expect([request, {}, request, request].map((witness) => contradict(egresses, witness))).toEqual([
      false,
      false,
      false,
      false,
    ]);
    expect(contradict(egresses)).toBe(true);
  });

  it('is not, if it has served a request in between', () => {
    const egresses = egressesOf('a');
    const told = [contradict(egresses), contradict(egresses)];
    send(egresses, 'a', 'success');
    told.push(contradict(egresses), contradict(egresses));
    expect(told).toEqual([false, false, false, false]);
    expect(contradict(egresses)).toBe(true);
  });

  it.each(WORKS.filter((name) => name !== 'success'))(
    'is still suspected after other answers: %s',
    (name) => {
      const egresses = egressesOf('a');
      contradict(egresses);
      contradict(egresses);
      send(egresses, 'a', name);
      expect(contradict(egresses)).toBe(true);
    },
  );

  it('is not blamed again while it rests, and starts afresh after that', () => {
    const egresses = egressesOf('a');
    for (let i = 0; i < 3; i++) contradict(egresses);
    egresses.blame(egressOf(egresses, 'a'), 'banned', NOW);
    egressOf(egresses, 'a').breaker.close();
    expect([contradict(egresses), contradict(egresses)]).toEqual([false, false]);
    fail(egresses, 'a');
    expect(contradict(egresses)).toBe(false);
  });

  it('rests with the reason when it is blamed, and what keys suffer behind it is under suspicion', () => {
    const events = new EventLog();
    const egresses = egressesOf('a', events);
    expect(through(egresses, 'k', bindTo('a')).isUnderSuspicion).toBe(false);
    egresses.blame(egressOf(egresses, 'a'), 'banned', NOW);
    expect(egressOf(egresses, 'a')).toMatchObject({ errorCount: 1, lastError: 'banned', lastErrorAt: NOW });
    expect(egressOf(egresses, 'a').breaker.snapshot).toEqual({
      state: 'open',
      cause: 'shared_cause',
      reason: 'banned',
      openUntil: NOW + 1_000,
    });
    expect([events.egressBreakers, events.egressChanges]).toEqual([['a open'], ['a']]);
    expect(through(egresses, 'k', bindTo('a')).isUnderSuspicion).toBe(true);
    expect(through(egresses, 'k', bindTo('a'), NOW + 1_000).isUnderSuspicion).toBe(true);
    const unreachable = egressesOf('a');
    fail(unreachable, 'a');
    expect(through(unreachable, 'k', bindTo('a')).isUnderSuspicion).toBe(false);
  });
});

describe('a check', () => {
  it('disables at the last allowed failure in a row, and a passed one brings back', () => {
    const egresses = egressesOf('a');
    expect(egresses.checked('a', FAILED, 3)).toBeUndefined();
    expect(egresses.checked('a', FAILED, 3)).toBeUndefined();
    expect(egresses.checked('a', PASSED, 3)).toBeUndefined();
    expect([FAILED, FAILED, FAILED].map((check) => egresses.checked('a', check, 3))).toEqual([
      undefined,
      undefined,
      'disabled',
    ]);
    expect(egressOf(egresses, 'a').disabled).toEqual({ by: 'auto', reason: 'dead' });
    expect(egresses.checked('a', { ...FAILED, error: 'still dead' }, 3)).toBeUndefined();
    expect(egressOf(egresses, 'a').disabled).toEqual({ by: 'auto', reason: 'still dead' });
    expect(egresses.checked('a', PASSED, 3)).toBe('recovered');
    expect(egressOf(egresses, 'a')).toMatchObject({ disabled: undefined, failures: 0, check: PASSED });
  });

  it('that is passed closes the breaker, but not one that opened because the address was banned', () => {
    const egresses = egressesOf('ab');
    fail(egresses, 'a');
    egresses.blame(egressOf(egresses, 'b'), 'banned', NOW);
    egresses.checked('a', PASSED, 3);
    egresses.checked('b', PASSED, 3);
    expect([...egresses.states].map(({ breaker }) => breaker.state)).toEqual(['closed', 'open']);
  });

  it('that is passed forgives failures that may have been the proxy\u2019s', () => {
    const egresses = egressesOf('ab');
    send(egresses, 'b', 'success');
    for (let i = 0; i < 4; i++) {
      if (i === 2) egresses.checked('a', PASSED, 3);
      send(egresses, 'a', 'cut');
    }
    expect(stateOf(egresses, 'a')).toBe('closed');
  });

  it('never changes what a person has disabled', () => {
    const egresses = egressesOf('a');
    egresses.setDisabled('a', 'mine');
    for (const check of [PASSED, FAILED, FAILED]) expect(egresses.checked('a', check, 1)).toBeUndefined();
    expect(egressOf(egresses, 'a').disabled).toEqual({ by: 'manual', reason: 'mine' });
  });

  it('of a proxy that is gone has no effect', () => {
    const events = new EventLog();
    expect(egressesOf('a', events).checked('gone', FAILED, 1)).toBeUndefined();
    expect(events.egressChanges).toEqual([]);
  });
});

describe('a person\u2019s word', () => {
  it('lets a proxy start afresh', () => {
    const egresses = egressesOf('ab');
    const a = egressOf(egresses, 'a');
    send(egresses, 'b', 'success');
    for (let i = 0; i < 2; i++) {
      send(egresses, 'a', 'cut');
      egresses.contradicted(a, {});
      egresses.checked('a', FAILED, 3);
    }
    egresses.blame(a, 'banned', NOW);
    for (let i = 0; i < 2; i++) egresses.contradicted(a, {});
    expect(egresses.setDisabled('a', undefined)).toBe(true);
    expect([a.breaker.state, a.failures, a.disabled]).toEqual(['closed', 0, undefined]);
    send(egresses, 'a', 'cut');
    expect([a.breaker.state, egresses.contradicted(a, {})]).toEqual(['closed', false]);
  });

  it('about a proxy that is gone has no effect', () => {
    const egresses = egressesOf('a');
    expect(egresses.setDisabled('gone', 'mine')).toBe(false);
    expect(egresses.learn('gone', { epoch: 1, disabled: undefined })).toBe(false);
  });

  it('that was said at another instance holds here, unless it or a newer one is known', () => {
    const egresses = egressesOf('a');
    const a = egressOf(egresses, 'a');
    egresses.setDisabled('a', 'mine', 2);
    expect(egresses.learn('a', { epoch: 1, disabled: undefined })).toBe(false);
    expect(egresses.learn('a', { epoch: 2, disabled: undefined })).toBe(false);
    expect(a).toMatchObject({ disabled: { by: 'manual', reason: 'mine' }, epoch: 2 });
    a.failures = 2;
    expect(egresses.learn('a', { epoch: 3, disabled: undefined })).toBe(true);
    expect([a.disabled, a.epoch, a.failures]).toEqual([undefined, 3, 0]);
  });
});

it('tells of every change', () => {
  const events = new EventLog();
  const egresses = egressesOf('a', events);
  fail(egresses, 'a');
  expect(events.egressBreakers).toEqual(['a open']);
  send(egresses, 'a', 'cut', { now: NOW + 1_000 });
  expect(events.egressBreakers).toEqual(['a open', 'a half_open', 'a open']);
  egresses.checked('a', FAILED, 1);
  egresses.setDisabled('a', undefined);
  expect(events.egressBreakers.at(-1)).toBe('a closed');
  expect(events.egressChanges).toEqual(['a', 'a', 'a', 'a', 'a', 'a']);
});
