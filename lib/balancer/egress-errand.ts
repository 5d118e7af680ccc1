import type { Dialed } from './attempt-loop';
import type { EgressState } from './egress-state';
import type { EgressUser } from './egresses';
import type { Pool } from './pool';
import type { Clock } from './ports';
import { judge } from './verdict';

/**
 * Sends something that is no client's request (a probe, a question for models) the way that the pool's requests go, and
 * around proxies that cannot be reached. What it says about a proxy counts; the pool and its keys are left alone. Never
 * rejects if `dial` does not.
 */
export async function runErrand<Answer>(
  pool: Pool,
  user: EgressUser,
  dial: (egress: EgressState | undefined) => Promise<Dialed<Answer>>,
  clock: Clock,
): Promise<Dialed<Answer>> {
  const { egresses, config } = pool;
  const tried = new Set<EgressState>();
  let last: Dialed<Answer> = {
    outcome: { kind: 'dial_failed', at: 'egress', message: 'no proxy is enabled' },
    answer: undefined,
  };
  for (;;) {
    const lease = egresses.lease(user, config.egress, tried, clock.now());
    if (lease === 'none') return last;
    last = await dial(lease?.egress);
    if (lease === undefined) return last;
    lease.release();
    const verdict = judge(last.outcome);
    const reason = 'message' in last.outcome ? last.outcome.message : verdict.name;
    egresses.settle(lease, config.provider, verdict, reason, clock.now());
    if (verdict.blame !== 'egress') return last;
    tried.add(lease.egress);
  }
}
