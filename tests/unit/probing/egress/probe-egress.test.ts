import { expect, it } from 'vitest';
import { Egresses } from '../../../../lib/balancer/egress/egresses';
import { probeEgress } from '../../../../lib/probing/egress/probe-egress';
import type { EgressCheckResult } from '../../../../lib/upstream/egress/egress-check';
import { EventLog, SeededRandom } from '../../balancer/support';

it('a test that fails for a want of our own says nothing of the proxy', async () => {
  const egresses = new Egresses(new SeededRandom(), new EventLog());
  const config = { egressId: 'a', url: 'http://127.0.0.1:1', hint: 'a' };
  egresses.configure([config], () => undefined);
  const egress = egresses.get('a');
  if (egress === undefined) throw new Error('no proxy');
  const failed = { latencyMs: undefined, status: undefined, error: 'connect EMFILE' };
  const probe = (result: EgressCheckResult) =>
    probeEgress(
      egress,
      {
        egresses,
        check: () => Promise.resolve(result),
        reach: () => Promise.resolve(result),
        now: () => 0,
        failuresMax: () => 1,
        onChange: () => undefined,
      },
      new AbortController().signal,
    );
  await probe({ ...failed, isOwnTrouble: true });
  expect([egress.disabled, egress.failures]).toEqual([undefined, 0]);
  await probe(failed);
  expect(egress.disabled).toMatchObject({ by: 'auto' });
});
