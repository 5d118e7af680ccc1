import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judge, VERDICTS, type Outcome, type VerdictName } from '../../../lib/balancer/verdict';
import { answered, errorFacts, QUOTA } from './support';

const ROWS: readonly [string, Outcome, VerdictName][] = [
  ...[200, 201, 204, 299].map((s): [string, Outcome, VerdictName] => [`${s}`, answered(s), 'success']),
  ...[400, 404, 405, 409, 410, 413, 415, 418, 422, 424, 451, 499, 304].map(
    (s): [string, Outcome, VerdictName] => [`${s}`, answered(s), 'client_error'],
  ),
  ['401', answered(401), 'key_rejected'],
  ['403', answered(403), 'key_rejected'],
  ['402', answered(402), 'payment_required'],
  ['429', answered(429), 'rate_limited'],
  ['429 of a rate limit', answered(429, {}, errorFacts('rate_limit_exceeded')), 'rate_limited'],
  ['429 of exhausted quota', answered(429, {}, QUOTA), 'quota_exhausted'],
  ...[408, 500, 502, 503, 504, 520, 529, 599].map((s): [string, Outcome, VerdictName] => [
    `${s}`,
    answered(s),
    'upstream_error',
  ]),
  ['a stream that starts with a 500', stream(500), 'upstream_error'],
  ['a stream that starts with a 401', stream(401), 'key_rejected'],
  ['a stream that starts with a 429', stream(429), 'rate_limited'],
  ['a stream that starts with a 400', stream(400), 'client_error'],
  ['an empty stream', { kind: 'empty_stream' }, 'empty_stream'],
  ['no connection to the upstream', dialFailed('upstream'), 'upstream_unreachable'],
  ['no connection to the egress proxy', dialFailed('egress'), 'egress_unreachable'],
  ['a lost connection', { kind: 'lost', message: 'ECONNRESET' }, 'connection_lost'],
  ['no headers in time', { kind: 'timeout', phase: 'headers' }, 'timed_out'],
  ['no first event in time', { kind: 'timeout', phase: 'first_event' }, 'timed_out'],
  ['a cut after the commit', { kind: 'cut', message: 'reset' }, 'cut'],
  ['a stall after the commit', { kind: 'stalled' }, 'stalled'],
  ['a client that left', { kind: 'client_closed' }, 'client_closed'],
];

function stream(status: number): Outcome {
  return { kind: 'stream_error', status, headers: {}, error: errorFacts('x') };
}

function dialFailed(at: 'upstream' | 'egress'): Outcome {
  return { kind: 'dial_failed', at, message: 'ECONNREFUSED' };
}

describe('the judge', () => {
  it.each(ROWS)('finds for %s the right verdict', (_title, outcome, name) => {
    expect(judge(outcome)).toBe(VERDICTS[name]);
  });

  it('has a verdict for every status there is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 999 }), fc.boolean(), (status, isQuotaExhausted) => {
        const error = { code: undefined, message: undefined, isQuotaExhausted };
        expect(judge(answered(status, {}, error)).name).toBeDefined();
      }),
    );
  });

  it('takes exhausted quota for a reason only where it is the reason', () => {
    expect(judge(answered(400, {}, QUOTA)).name).toBe('client_error');
    expect(judge(answered(500, {}, QUOTA)).name).toBe('upstream_error');
  });
});

describe('the verdict table', () => {
  it.each<[VerdictName, string, string, string]>([
    // verdict, what the key suffers, what the breaker counts, what happens next
    ['success', 'success', 'success', 'commit'],
    ['client_error', 'none', 'none', 'pass_through'],
    ['key_rejected', 'failure', 'none', 'next_key'],
    ['payment_required', 'failure', 'none', 'next_key'],
    ['rate_limited', 'rest_model', 'none', 'next_key'],
    ['quota_exhausted', 'quota', 'none', 'next_key'],
    ['upstream_error', 'none', 'failure', 'next_key'],
    ['upstream_unreachable', 'none', 'failure', 'next_key'],
    ['egress_unreachable', 'none', 'failure', 'next_key'],
    ['connection_lost', 'none', 'failure', 'next_key'],
    ['timed_out', 'none', 'failure', 'next_key'],
    ['empty_stream', 'none', 'failure', 'next_key'],
    ['cut', 'none', 'failure', 'stop'],
    ['stalled', 'none', 'failure', 'stop'],
    ['client_closed', 'none', 'none', 'stop'],
  ])('says of %s: key %s, breaker %s, then %s', (name, key, breaker, next) => {
    expect(VERDICTS[name]).toMatchObject({ name, key, breaker, next });
  });

  it('blames the egress proxy for what happened on the way to it, and nobody else', () => {
    const blamed = Object.values(VERDICTS).filter(({ blame }) => blame === 'egress');
    expect(blamed.map(({ name }) => name)).toEqual(['egress_unreachable']);
  });
});
