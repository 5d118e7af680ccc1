import { expect, it } from 'vitest';
import { OutageTolls, type TolledRequest } from '../../../../lib/admin/stats/outage-tolls';
import type { AttemptTrace } from '../../../../lib/balancer/attempts/trace';
import type { VerdictName } from '../../../../lib/balancer/attempts/verdict';

const attempt = (provider: string, verdict: VerdictName) => ({ provider, verdict }) as AttemptTrace;
const request = (over: Partial<TolledRequest>): TolledRequest => ({
  provider: 'groq',
  status: 200,
  outcome: 'success',
  trace: { attempts: [attempt('groq', 'upstream_error')], skippedProviders: [] },
  ...over,
});

it('counts who helped and who was failed since the outage began, and nobody else', () => {
  const tolls = new OutageTolls();
  const since = new Map([['groq', 5]]);
  let recorded = 0;
  const recorder = tolls.counting({ record: () => (recorded += 1) }, (provider) => since.get(provider));
  const skipped = { attempts: [], skippedProviders: [{ provider: 'groq', reason: 'breaker_open' }] } as const;
  recorder.record(request({ provider: 'other' }));
  recorder.record(request({ provider: 'other', trace: skipped }));
  recorder.record(request({ status: 503, outcome: 'upstream_error' }));
  recorder.record(request({ status: 499, outcome: 'client_closed' }));
  recorder.record(request({}));
  recorder.record(
    request({ provider: 'x', trace: { attempts: [attempt('x', 'success')], skippedProviders: [] } }),
  );
  expect(tolls.of('groq', 5)).toEqual(
    expect.objectContaining({ helpedBy: new Map([['other', 2]]), failed: 1 }),
  );
  expect(recorded).toBe(6);
  // Another outage begins at nothing.
  since.set('groq', 9);
  expect(tolls.of('groq', 9).failed).toBe(0);
  recorder.record(request({ status: 503, outcome: 'upstream_error' }));
  expect(tolls.of('groq', 9).failed).toBe(1);
});
