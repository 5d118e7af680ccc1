import { expect, it } from 'vitest';
import type { RequestTrace } from '../../../../lib/balancer/attempts/trace';
import { endedTrace } from '../../../../lib/gateway/record/ended-trace';

const attempt = (keyId: string) => ({ keyId, startMs: 100, durationMs: 20, verdict: 'success' });
const TRACE = {
  attempts: [attempt('a'), attempt('b')],
  skippedProviders: [{ provider: 'x', reason: 'no_keys' }],
} as unknown as RequestTrace;

it('the last attempt ends as its answer ended, and then; those before it stay', () => {
  const ended = endedTrace(TRACE, { verdict: 'cut', error: 'reset', endMs: 500 });
  expect(ended.attempts).toEqual([
    attempt('a'),
    { ...attempt('b'), verdict: 'cut', error: 'reset', durationMs: 400 },
  ]);
  expect(ended.skippedProviders).toEqual(TRACE.skippedProviders);
  expect(TRACE.attempts[1]).toEqual(attempt('b'));
});

it('no attempt becomes shorter by it, nor gets an error that nobody knows', () => {
  const [, last] = endedTrace(TRACE, { verdict: 'stalled', error: undefined, endMs: 101 }).attempts;
  expect(last).toEqual({ ...attempt('b'), verdict: 'stalled' });
});

it('without an attempt there is nothing to end', () => {
  const trace = { attempts: [], skippedProviders: TRACE.skippedProviders };
  expect(endedTrace(trace, { verdict: 'cut', error: 'x', endMs: 1 })).toEqual(trace);
});
