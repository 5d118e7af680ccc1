import type { Dialed } from '../attempt-loop';
import type { EgressState } from './state';
import type { EgressUser } from './egresses';
import type { Pool } from '../pool';
import type { Clock } from '../ports';
import { judge } from '../verdict';

/** Each of them may hang until its time is up, and somebody waits for the result. */
const PROXIES_MAX = 10;

export interface ErrandTransport<Answer> {
  /** Never rejects: every failure is an outcome. */
  dial(egress: EgressState | undefined): Promise<Dialed<Answer>>;
  /** Gives up an answer that nobody will read. */
  discard(answer: Answer): void;
}

/**
 * Sends something that is no client's request (a probe, a question for models) the way that the pool's requests go, around
 * up to ten proxies that cannot be reached. A rejection that came through one proxy is confirmed through another, if there
 * is one: it may be the proxy's address that is banned. What it says about a proxy counts; the pool and its keys are left
 * alone. Never rejects.
 */
export async function runErrand<Answer>(
  pool: Pool,
  user: EgressUser,
  transport: ErrandTransport<Answer>,
  clock: Clock,
): Promise<Dialed<Answer>> {
  const { egresses, config } = pool;
  const tried = new Set<EgressState>();
  let last: Dialed<Answer> = NO_PROXY;
  while (tried.size < PROXIES_MAX) {
    const lease = egresses.lease(user, config.egress, tried, clock.now());
    if (lease === 'none') return last;
    const dialed = await transport.dial(lease?.egress);
    if (lease === undefined) return dialed;
    lease.release();
    const verdict = judge(dialed.outcome);
    const reason = 'message' in dialed.outcome ? dialed.outcome.message : verdict.name;
    egresses.settle(lease, config.provider, verdict, reason, clock.now());
    tried.add(lease.egress);
    if (verdict.blame === 'egress') {
      // A rejection from before is worth more than the proxy that could not confirm it.
      if (!isRejection(last)) last = dialed;
    } else if (verdict.name !== 'key_rejected' || isRejection(last)) {
      if (last.answer !== undefined) transport.discard(last.answer);
      return dialed;
    } else last = dialed;
  }
  return last;
}

const NO_PROXY: Dialed<never> = {
  outcome: { kind: 'dial_failed', at: 'egress', message: 'no proxy is enabled' },
  answer: undefined,
};

function isRejection({ outcome }: Dialed<unknown>): boolean {
  return judge(outcome).name === 'key_rejected';
}
