import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  firstState,
  nextStep,
  UNCOUNTED_KEYS_MAX,
  type AttemptFacts,
  type RequestState,
  type Step,
} from '../../../../lib/balancer/attempts/next-step';
import { VERDICTS, type Verdict, type VerdictName } from '../../../../lib/balancer/attempts/verdict';

const DIRECT: AttemptFacts = { hasEgress: false, isDetour: false };
const PROXIED: AttemptFacts = { hasEgress: true, isDetour: false };
const DETOUR: AttemptFacts = { hasEgress: true, isDetour: true };

const state = (over: Partial<RequestState> = {}): RequestState => ({
  isLasting: false,
  attemptsLeft: 4,
  uncountedLeft: 20,
  hasAskedOther: false,
  ...over,
});
const stepOf = (name: VerdictName, over: Partial<RequestState> = {}, attempt = DIRECT): Step =>
  nextStep(VERDICTS[name], state(over), attempt);

type Again = Extract<Step, { kind: 'again' }>;

/** The step of a request that goes on, with what it has used up. */
function again(used: Partial<RequestState>, flags: Partial<Again> = {}): Step {
  return {
    kind: 'again',
    state: state(used),
    isRefused: false,
    isLastWord: false,
    hasBackoff: false,
    ...flags,
  };
}

const COUNTED = { attemptsLeft: 3 };
const UNCOUNTED = { uncountedLeft: 19 };

/** What follows each verdict in the middle of a request, without and with a proxy. */
const AFTER: Readonly<Record<VerdictName, Step>> = {
  success: { kind: 'commit' },
  client_error: { kind: 'pass_through' },
  object_not_found: again(COUNTED, { isRefused: true, isLastWord: true }),
  request_refused: again({ ...COUNTED, hasAskedOther: true }, { isRefused: true, isLastWord: true }),
  egress_blocked: { kind: 'pass_through' },
  key_rejected: again(UNCOUNTED),
  model_denied: again(UNCOUNTED, { isRefused: true, isLastWord: true }),
  quota_exhausted: again(UNCOUNTED),
  rate_limited: again(COUNTED),
  rejected: again(COUNTED, { isRefused: true }),
  upstream_error: again(COUNTED, { hasBackoff: true }),
  model_unavailable: again(COUNTED, { hasBackoff: true }),
  upstream_unreachable: again(COUNTED),
  egress_unreachable: again(COUNTED),
  connection_lost: again(COUNTED),
  lost_in_sending: again({ ...COUNTED, hasAskedOther: true }, { isRefused: true }),
  timed_out: again(COUNTED),
  empty_stream: again(COUNTED, { hasBackoff: true }),
  cut: { kind: 'stop' },
  stalled: { kind: 'stop' },
  client_closed: { kind: 'stop' },
  own_trouble: { kind: 'next_provider' },
  outrun: { kind: 'stop' },
  shutting_down: { kind: 'stop' },
};
const NAMES = Object.keys(AFTER) as VerdictName[];
const namesWhere = (isWanted: (verdict: Verdict) => boolean): VerdictName[] =>
  NAMES.filter((name) => isWanted(VERDICTS[name]));

it('a request begins with one attempt more than its retries, and with 20 keys that do not count', () => {
  expect(firstState(3, true)).toEqual({
    isLasting: true,
    attemptsLeft: 4,
    uncountedLeft: 20,
    hasAskedOther: false,
  });
  expect(firstState(0, false)).toMatchObject({ isLasting: false, attemptsLeft: 1 });
  expect(UNCOUNTED_KEYS_MAX).toBe(20);
});

describe('the next step', () => {
  it.each(NAMES)('after %s is the one of the table', (name) => {
    expect(stepOf(name)).toEqual(AFTER[name]);
  });

  it.each(NAMES)(
    'after %s through a proxy is the same, but for a block, which goes through another one',
    (name) => {
      expect(stepOf(name, {}, PROXIED)).toEqual(name === 'egress_blocked' ? again(COUNTED) : AFTER[name]);
    },
  );

  it.each(namesWhere(({ next, isCounted, isLastWord }) => next === 'next_key' && isCounted && !isLastWord))(
    'after %s with the last attempt is another provider, however many keys are left that do not count',
    (name) => {
      expect(stepOf(name, { attemptsLeft: 1, uncountedLeft: 20 })).toEqual({ kind: 'next_provider' });
      expect(stepOf(name, { attemptsLeft: 2, uncountedLeft: 1 })).toMatchObject({
        kind: 'again',
        state: { attemptsLeft: 1, uncountedLeft: 1 },
      });
    },
  );

  it.each(namesWhere(({ isCounted }) => !isCounted))(
    'after %s uses up no attempt, and ends with the twentieth such key',
    (name) => {
      expect(stepOf(name, { attemptsLeft: 1, uncountedLeft: 2 })).toMatchObject({
        kind: 'again',
        state: { attemptsLeft: 1, uncountedLeft: 1 },
      });
      const kind = VERDICTS[name].isLastWord ? 'pass_through' : 'next_provider';
      expect(stepOf(name, { attemptsLeft: 4, uncountedLeft: 1 })).toEqual({ kind });
    },
  );

  it('after a block of the last attempt through a proxy is another provider', () => {
    expect(stepOf('egress_blocked', { attemptsLeft: 1 }, PROXIED)).toEqual({ kind: 'next_provider' });
  });

  it('after an attempt that got no further than its proxy costs nothing at all', () => {
    const left = { attemptsLeft: 1, uncountedLeft: 1 };
    expect(stepOf('egress_unreachable', left, DETOUR)).toEqual(again(left));
  });

  it('asks one other key about a refusal, and only one', () => {
    expect(stepOf('request_refused', { hasAskedOther: true })).toEqual({ kind: 'pass_through' });
  });

  it('leaves the provider after a second large request that was reset', () => {
    expect(stepOf('lost_in_sending', { hasAskedOther: true })).toEqual({ kind: 'next_provider' });
  });

  it('passes a refusal through when no attempt is left for another key', () => {
    expect(stepOf('request_refused', { attemptsLeft: 1 })).toEqual({ kind: 'pass_through' });
  });

  it('passes it through when no attempt is left to look for an object', () => {
    expect(stepOf('object_not_found', { attemptsLeft: 1 })).toEqual({ kind: 'pass_through' });
  });

  it('remembers that another key has been asked', () => {
    for (const name of ['rate_limited', 'key_rejected', 'upstream_error'] as const) {
      expect(stepOf(name, { hasAskedOther: true })).toMatchObject({
        kind: 'again',
        isLastWord: false,
        state: { hasAskedOther: true },
      });
    }
  });
});

describe('a request that creates something lasting', () => {
  const REPEATED: readonly VerdictName[] = [
    'object_not_found',
    'request_refused',
    'key_rejected',
    'model_denied',
    'quota_exhausted',
    'rate_limited',
    'rejected',
    'upstream_unreachable',
    'egress_unreachable',
  ];

  it.each(NAMES)('after %s goes on only if the upstream certainly did nothing', (name) => {
    const before = AFTER[name];
    const expected =
      before.kind !== 'again'
        ? before
        : REPEATED.includes(name)
          ? { ...before, state: { ...before.state, isLasting: true } }
          : { kind: 'pass_through' };
    expect(stepOf(name, { isLasting: true })).toEqual(expected);
  });

  it('goes through another proxy after a block', () => {
    expect(stepOf('egress_blocked', { isLasting: true }, PROXIED)).toEqual(
      again({ ...COUNTED, isLasting: true }),
    );
  });
});

describe('a request, whatever comes', () => {
  const attempt = fc.record({
    name: fc.constantFrom(...NAMES),
    hasEgress: fc.boolean(),
    isUnreachable: fc.boolean(),
  });

  it('ends after its attempts, 20 keys that do not count, and its detours', () => {
    fc.assert(
      fc.property(
        fc.nat(5),
        fc.boolean(),
        fc.array(attempt, { maxLength: 60 }),
        (retries, isLasting, script) => {
          let now = firstState(retries, isLasting);
          const spent = { counted: 0, uncounted: 0, others: 0 };
          for (const { name, hasEgress, isUnreachable } of script) {
            const isDetour = hasEgress && isUnreachable && name === 'egress_unreachable';
            const step = nextStep(VERDICTS[name], now, { hasEgress, isDetour });
            if (!isDetour) spent[VERDICTS[name].isCounted ? 'counted' : 'uncounted'] += 1;
            if (step.kind !== 'again') break;
            if (VERDICTS[name].next === 'other_key') spent.others += 1;
            expect(step.state.isLasting).toBe(isLasting);
            expect(step.state.attemptsLeft).toBe(1 + retries - spent.counted);
            expect(step.state.uncountedLeft).toBe(20 - spent.uncounted);
            expect(step.state.hasAskedOther).toBe(spent.others > 0);
            expect(step.hasBackoff).toBe(VERDICTS[name].hasBackoff);
            now = step.state;
          }
          expect(spent.counted).toBeLessThanOrEqual(1 + retries);
          expect(spent.uncounted).toBeLessThanOrEqual(20);
          expect(spent.others).toBeLessThanOrEqual(1);
        },
      ),
    );
  });
});
