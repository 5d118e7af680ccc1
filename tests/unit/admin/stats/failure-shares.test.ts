import { describe, expect, it } from 'vitest';
import { FailureShares } from '../../../../lib/admin/stats/failure-shares';
import type { AttemptTrace } from '../../../../lib/balancer/attempts/trace';
import type { VerdictName } from '../../../../lib/balancer/attempts/verdict';

const START_MS = 1_700_000_000_000;

/** Requests of one attempt each, half a second apart. */
function counted() {
  const shares = new FailureShares();
  const clock = { now: START_MS };
  const out = new Set<string>();
  const resting = new Set<string>();
  const recorder = shares.counting(
    { record: () => undefined },
    {
      now: () => clock.now,
      isOut: (provider) => out.has(provider),
      isResting: (_provider, model) => resting.has(model),
    },
  );
  return {
    recorder,
    clock,
    out,
    resting,
    share: () => shares.of('groq', clock.now),
    send: (verdicts: readonly VerdictName[], { model = 'm', status = 503, everyMs = 500 } = {}) => {
      for (const verdict of verdicts) {
        clock.now += everyMs;
        const attempt = { provider: 'groq', verdict, status } as AttemptTrace;
        recorder.record({ model, trace: { attempts: [attempt], skippedProviders: [] } });
      }
    },
  };
}

const times = (count: number, verdict: VerdictName): VerdictName[] => Array<VerdictName>(count).fill(verdict);

describe('the share of attempts that a provider fails', () => {
  it('is told from a fifth of twenty on, with how most of them failed', () => {
    const { send, share } = counted();
    send([...times(14, 'success'), ...times(2, 'timed_out'), ...times(3, 'upstream_error')]);
    expect(share()).toBeUndefined();
    send(['success']);
    expect(share()).toMatchObject({ attempts: 20, failed: 5, answer: 'status', status: 503 });
    expect(share()?.models).toEqual(new Set(['m']));
  });

  it('is none below a fifth', () => {
    const { send, share } = counted();
    send([...times(17, 'success'), ...times(3, 'upstream_error')]);
    expect(share()).toBeUndefined();
  });

  it('leaves out what is the key’s, the proxy’s, the client’s or our own doing', () => {
    const { send, share } = counted();
    send([...times(20, 'rate_limited'), ...times(20, 'key_rejected'), ...times(20, 'quota_exhausted')]);
    send([...times(20, 'egress_unreachable'), ...times(20, 'client_error'), ...times(20, 'own_trouble')]);
    expect(share()).toBeUndefined();
  });

  it('names the models that failed', () => {
    const { send, share } = counted();
    send(times(15, 'success'), { model: 'a' });
    send(times(10, 'upstream_error'), { model: 'b' });
    expect(share()?.models).toEqual(new Set(['b']));
    send(['cut'], { model: 'a' });
    expect(share()?.models).toEqual(new Set(['a', 'b']));
  });

  it('says nothing of a model that rests, neither then nor afterwards', () => {
    const { send, share, resting } = counted();
    send(times(12, 'success'), { model: 'a' });
    send(times(8, 'model_unavailable'), { model: 'b' });
    expect(share()).toMatchObject({ attempts: 20, failed: 8 });
    resting.add('b');
    send(times(1, 'model_unavailable'), { model: 'b' });
    expect(share()).toBeUndefined();
    resting.clear();
    send(times(9, 'success'), { model: 'b' });
    expect(share()).toBeUndefined();
    send(times(6, 'cut'), { model: 'a' });
    expect(share()).toMatchObject({ attempts: 27, failed: 6, models: new Set(['a']) });
  });

  it('is over with twenty answers in a row, or when nothing has failed for some seconds', () => {
    const answered = counted();
    answered.send([...times(30, 'success'), ...times(30, 'upstream_error'), ...times(19, 'success')], {
      everyMs: 100,
    });
    expect(answered.share()).toMatchObject({ failed: 30 });
    answered.send(['success']);
    expect(answered.share()).toBeUndefined();

    const quiet = counted();
    quiet.send([...times(10, 'success'), ...times(30, 'empty_stream')]);
    quiet.clock.now += 7_000;
    expect(quiet.share()).toMatchObject({ answer: 'empty' });
    quiet.clock.now += 1_000;
    expect(quiet.share()).toBeUndefined();
  });

  it('lasts longer in silence where attempts are few', () => {
    const { send, share, clock } = counted();
    send([...times(10, 'success'), ...times(20, 'upstream_error')], { everyMs: 8_000 });
    clock.now += 20_000;
    expect(share()).toBeDefined();
  });

  it('forgets what is older than five minutes, and what came before or in an outage', () => {
    const old = counted();
    old.send(times(30, 'upstream_error'));
    old.clock.now += 300_000;
    old.send([...times(15, 'success'), ...times(3, 'upstream_error')]);
    expect(old.share()).toBeUndefined();

    const { send, share, out } = counted();
    send(times(30, 'upstream_error'));
    out.add('groq');
    send(times(5, 'upstream_error'));
    out.clear();
    send([...times(18, 'success'), ...times(2, 'upstream_error')]);
    expect(share()).toBeUndefined();
  });
});

describe('a few failures with no answer between', () => {
  const request = (
    all: ReturnType<typeof counted>,
    attempts: number,
    verdict: VerdictName = 'upstream_error',
  ) => {
    const attempt = { provider: 'groq', verdict, status: 503 } as AttemptTrace;
    all.recorder.record({
      model: 'm',
      trace: { attempts: Array<AttemptTrace>(attempts).fill(attempt), skippedProviders: [] },
    });
  };

  it.each([
    ['one attempt', 1, 4_000],
    ['one request of several', 4, 3_300],
  ])('of %s are told within 4 s, and no more without any traffic', (_what, attempts, afterMs) => {
    const all = counted();
    request(all, attempts);
    all.clock.now += afterMs - 1;
    expect(all.share()).toBeUndefined();
    all.clock.now += 1;
    expect(all.share()).toMatchObject({ attempts, failed: attempts, answer: 'status', status: 503 });
    all.clock.now += 8_000 - afterMs;
    expect(all.share()).toBeUndefined();
  });

  it.each(['upstream_error', 'cut', 'timed_out', 'upstream_unreachable'] as const)(
    'of several requests are told with the first of them that is more than 2 s later: %s',
    (verdict) => {
      const all = counted();
      request(all, 1, verdict);
      all.clock.now += 2_001;
      expect(all.share()).toBeUndefined();
      request(all, 1, verdict);
      expect(all.share()).toMatchObject({ attempts: 2, failed: 2 });
      request(all, 1, 'success');
      expect(all.share()).toBeUndefined();
    },
  );

  it('are none among successes, nor what is the client’s, the proxy’s or the key’s', () => {
    const all = counted();
    for (const verdict of [
      'upstream_error',
      'success',
      'client_error',
      'egress_unreachable',
      'rate_limited',
    ] as const) {
      request(all, 4, verdict);
      if (verdict === 'upstream_error') all.clock.now += 3_000;
      else {
        all.clock.now += 5_000;
        expect(all.share()).toBeUndefined();
      }
    }
  });

  it('and an outage that has just ended are told for 5 s after the last failure of it', () => {
    const { out, send, share, clock } = counted();
    out.add('groq');
    send(times(6, 'upstream_error'));
    out.clear();
    send(times(2, 'success'));
    expect(share()).toMatchObject({ attempts: 8, failed: 6 });
    clock.now += 3_999;
    expect(share()).toBeDefined();
    clock.now += 1;
    expect(share()).toBeUndefined();
  });
});
