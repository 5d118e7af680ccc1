import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Facts, Subject } from '../../../../lib/balancer/facts';
import {
  inContrast,
  judge,
  VERDICTS,
  type BreakerEffect,
  type KeyEffect,
  type Next,
  type Outcome,
  type Verdict,
  type VerdictName,
} from '../../../../lib/balancer/attempts/verdict';
import { answered, errorFacts, QUOTA, says } from '../support';

function dialFailed(at: 'upstream' | 'egress'): Outcome {
  return { kind: 'dial_failed', at, message: 'ECONNREFUSED' };
}

type Row = readonly [title: string, outcome: Outcome, name: VerdictName];

const BY_SUBJECT: readonly (readonly [Subject, Partial<Facts>, VerdictName])[] = [
  ['answer', {}, 'success'],
  ['request', {}, 'client_error'],
  ['request', { mayDiffer: false }, 'client_error'],
  ['request', { mayDiffer: true }, 'request_refused'],
  ['egress', {}, 'egress_blocked'],
  ['key', {}, 'key_rejected'],
  ['key_model', {}, 'model_denied'],
  ['money', {}, 'quota_exhausted'],
  ['rate', {}, 'rate_limited'],
  ['rate', { isWholeKey: true }, 'rate_limited'],
  ['provider', {}, 'upstream_error'],
  ['provider', { isModelOnly: false }, 'upstream_error'],
  ['provider', { isModelOnly: true }, 'model_unavailable'],
  ['ambiguous', {}, 'rejected'],
];

const WITHOUT_ANSWER: readonly Row[] = [
  ['an empty stream', { kind: 'empty_stream' }, 'empty_stream'],
  ['no connection to the upstream', dialFailed('upstream'), 'upstream_unreachable'],
  ['no connection to the egress proxy', dialFailed('egress'), 'egress_unreachable'],
  ['a lost connection', { kind: 'lost', message: 'ECONNRESET' }, 'connection_lost'],
  ['a reset of a large request', { kind: 'lost_in_sending', message: 'EPIPE' }, 'lost_in_sending'],
  ['no headers in time', { kind: 'timeout', phase: 'headers' }, 'timed_out'],
  ['no first event in time', { kind: 'timeout', phase: 'first_event' }, 'timed_out'],
  ['no first token in time', { kind: 'timeout', phase: 'first_token' }, 'timed_out'],
  ['a cut after the commit', { kind: 'cut', message: 'reset' }, 'cut'],
  ['a stall after the commit', { kind: 'stalled' }, 'stalled'],
  ['a client that left', { kind: 'client_closed' }, 'client_closed'],
  [
    'a dial for which we had no descriptor',
    { kind: 'own_trouble', shortOf: 'file descriptors', message: 'EMFILE' },
    'own_trouble',
  ],
];

/** Answers without a word, or with OpenAI's. */
const BY_STATUS: readonly Row[] = [
  ...[200, 201, 204, 299].map((s): Row => [`${s}`, answered(s), 'success']),
  ...[400, 404, 405, 409, 410, 413, 415, 422, 424, 451, 304].map((s): Row => [
    `${s}`,
    answered(s),
    'client_error',
  ]),
  ...[401, 402, 403, 407, 412, 434].map((s): Row => [
    `${s} that no rule knows`,
    answered(s, {}, errorFacts('no_such_code')),
    'rejected',
  ]),
  ['401 of a dead key', answered(401), 'key_rejected'],
  ['403 of a dead key', answered(403), 'key_rejected'],
  ['402 without a word', answered(402), 'rejected'],
  ['429', answered(429), 'rate_limited'],
  ['429 of a rate limit', answered(429, {}, errorFacts('rate_limit_exceeded')), 'rate_limited'],
  ...[400, 402, 403, 429, 500].map((s): Row => [
    `${s} of an empty account`,
    answered(s, {}, QUOTA),
    'quota_exhausted',
  ]),
  ...[408, 498, 499, 500, 502, 503, 504, 520, 529, 599].map((s): Row => [
    `${s}`,
    answered(s),
    'upstream_error',
  ]),
];

const isMistake = (status: number) => [400, 404, 405, 409, 410, 413, 415, 422, 424].includes(status);

describe('the judge', () => {
  it('holds a key’s or an account’s fault that is told like a mistake of the request against them by contrast only', () => {
    expect(judge(says('key', { status: 400 }))).toEqual({ ...VERDICTS.key_rejected, key: 'contrast' });
    expect(judge(says('money', { status: 422 }))).toEqual({ ...VERDICTS.quota_exhausted, key: 'contrast' });
    expect(judge(says('rate', { status: 400 }))).toEqual(VERDICTS.rate_limited);
  });

  it.each(BY_SUBJECT)('finds for what speaks of the subject %s %j: %s', (subject, facts, name) => {
    expect(judge(says(subject, facts))).toEqual(VERDICTS[name]);
    expect(judge(says(subject, facts)).name).toBe(name);
  });

  it.each([...WITHOUT_ANSWER, ...BY_STATUS])('finds for %s the right verdict', (_title, outcome, name) => {
    expect(judge(outcome).name).toBe(name);
  });

  it('goes by what an answer says, whatever its status', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...BY_SUBJECT),
        fc.integer({ min: 100, max: 999 }),
        ([subject, facts, name], status) => {
          const judged = judge(says(subject, { ...facts, status }));
          const { isRepeatSafe, isLastWord } = judged;
          const key =
            isMistake(status) && VERDICTS[name].blame === 'key'
              ? inContrast(VERDICTS[name]).key
              : VERDICTS[name].key;
          const row = { ...VERDICTS[name], key, isRepeatSafe, isLastWord };
          expect(judged).toEqual(row);
        },
      ),
    );
  });

  it('takes no refusal told as a failure of the provider for proof that it did nothing', () => {
    for (const [subject, facts] of BY_SUBJECT) {
      expect(judge(says(subject, { ...facts, status: 500 })).isRepeatSafe).toBe(false);
      expect(judge(says(subject, { ...facts, status: 599 })).isRepeatSafe).toBe(false);
    }
    expect(judge(says('key', { status: 499 })).isRepeatSafe).toBe(true);
    expect(judge(says('money', { status: 402 })).isRepeatSafe).toBe(false);
    expect(judge(says('money', { status: 403 })).isRepeatSafe).toBe(true);
  });

  it('lets another provider answer what a provider refuses as its own failure', () => {
    expect(judge(says('key_model', { status: 404 })).isLastWord).toBe(true);
    expect(judge(says('key_model', { status: 500 })).isLastWord).toBe(false);
  });
});

describe('the verdict table', () => {
  type Flag = 'backoff' | 'repeat safe' | 'uncounted' | 'last word';
  it.each<[VerdictName, Verdict['blame'], KeyEffect, BreakerEffect, Next, Flag[]]>([
    ['success', 'nobody', 'success', 'success', 'commit', []],
    ['client_error', 'client', 'none', 'none', 'pass_through', []],
    ['object_not_found', 'client', 'none', 'none', 'next_key', ['repeat safe', 'last word']],
    ['request_refused', 'client', 'none', 'none', 'other_key', ['repeat safe', 'last word']],
    ['egress_blocked', 'nobody', 'none', 'none', 'other_egress', ['repeat safe']],
    ['key_rejected', 'key', 'failure', 'none', 'next_key', ['repeat safe', 'uncounted']],
    ['model_denied', 'nobody', 'denied', 'none', 'next_key', ['repeat safe', 'uncounted', 'last word']],
    ['quota_exhausted', 'key', 'quota', 'none', 'next_key', ['repeat safe', 'uncounted']],
    ['rate_limited', 'key', 'rest', 'none', 'next_key', ['repeat safe']],
    ['rejected', 'nobody', 'contrast', 'none', 'next_key', ['repeat safe']],
    ['upstream_error', 'upstream', 'none', 'failure', 'next_key', ['backoff']],
    ['model_unavailable', 'upstream', 'none', 'model_failure', 'next_key', ['backoff']],
    ['upstream_unreachable', 'upstream', 'none', 'failure', 'next_key', ['repeat safe']],
    ['egress_unreachable', 'egress', 'none', 'failure', 'next_key', ['repeat safe']],
    ['connection_lost', 'upstream', 'none', 'failure', 'next_key', []],
    ['lost_in_sending', 'nobody', 'none', 'none', 'other_key', []],
    ['timed_out', 'upstream', 'none', 'failure', 'next_key', []],
    ['empty_stream', 'upstream', 'none', 'failure', 'next_key', ['backoff']],
    ['cut', 'upstream', 'none', 'failure', 'stop', []],
    ['stalled', 'upstream', 'none', 'failure', 'stop', []],
    ['client_closed', 'client', 'none', 'none', 'stop', []],
    ['outrun', 'nobody', 'none', 'none', 'stop', []],
    ['own_trouble', 'platform', 'none', 'none', 'next_provider', ['repeat safe']],
    ['shutting_down', 'platform', 'none', 'none', 'stop', []],
  ])('says of %s: blames %s, key %s, breaker %s, then %s, %j', (name, blame, key, breaker, next, flags) => {
    expect(VERDICTS[name]).toEqual({
      name,
      blame,
      key,
      breaker,
      next,
      hasBackoff: flags.includes('backoff'),
      isRepeatSafe: flags.includes('repeat safe'),
      isCounted: !flags.includes('uncounted'),
      isLastWord: flags.includes('last word'),
    });
  });

  it('has no other rows', () => {
    expect(Object.keys(VERDICTS)).toHaveLength(24);
  });

  it('lets nothing that speaks of the request, or of ourselves, touch a key or a breaker', () => {
    for (const { blame, key, breaker } of Object.values(VERDICTS)) {
      if (blame === 'client' || blame === 'platform') expect([key, breaker]).toEqual(['none', 'none']);
    }
  });
});
