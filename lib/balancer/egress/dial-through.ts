import type { Dialed } from '../attempts/transport';
import type { Clock } from '../ports';
import { judge, type VerdictName } from '../attempts/verdict';
import type { EgressBinding, EgressUser } from './binding';
import type { Egresses } from './egresses';
import type { EgressState } from './state';

/** Each of them may hang until its time is up, and somebody waits for the result. */
const PROXIES_MAX = 10;

/** As much of a pool as decides which way its requests go. */
export interface EgressRoute {
  readonly egresses: Egresses;
  readonly config: {
    /** The provider's slug. */
    readonly provider: string;
    readonly egress: EgressBinding;
  };
}

export interface EgressDialer<Answer> {
  /** Never rejects: every failure is an outcome. */
  dial(egress: EgressState | undefined): Promise<Dialed<Answer>>;
  /** Gives up an answer that nobody will read. */
  discard(answer: Answer): void;
}

/** Of several results the one that is worth most is returned. A proxy that cannot be reached tells least. */
const WORTH: ReadonlyMap<VerdictName, number> = new Map([
  ['egress_unreachable', 0],
  ['egress_blocked', 1],
  ['rejected', 2],
  ['key_rejected', 2],
]);
const UNREACHABLE = 0;
/** What any other verdict is worth: it does not depend on the proxy that it came through. */
const CONCLUSIVE = 3;

/**
 * Sends something that is no client's request (a probe, a question for models) the way that the route's requests
 * go, around up to ten proxies that cannot be reached. A rejection that came through one proxy is confirmed through
 * another, if there is one: it may be the proxy's address that is banned. What it tells about a proxy counts; pools
 * and keys are left alone. Of several answers one is returned and the others are discarded. Never rejects.
 */
export async function dialThroughEgress<Answer>(
  { egresses, config }: EgressRoute,
  user: EgressUser,
  dialer: EgressDialer<Answer>,
  clock: Clock,
): Promise<Dialed<Answer>> {
  const witness = {};
  const tried = new Set<EgressState>();
  let best: Dialed<Answer> = NO_PROXY;
  while (tried.size < PROXIES_MAX) {
    const lease = egresses.lease(user, config.egress, tried, clock.now());
    if (lease === 'none') return best;
    const dialed = await dialer.dial(lease?.egress);
    if (lease === undefined) return dialed;
    lease.release();
    tried.add(lease.egress);
    const verdict = judge(dialed.outcome);
    const reason = 'message' in dialed.outcome ? dialed.outcome.message : verdict.name;
    egresses.settle(lease, config.provider, verdict, reason, witness, clock.now());

    const worth = worthOf(dialed);
    const isConfirmed = worth === worthOf(best) && worth !== UNREACHABLE;
    const isBetter = worth >= worthOf(best);
    const spare = isBetter ? best : dialed;
    if (isBetter) best = dialed;
    if (spare.answer !== undefined) dialer.discard(spare.answer);
    if (isConfirmed || worth === CONCLUSIVE) return best;
  }
  return best;
}

const NO_PROXY: Dialed<never> = {
  outcome: { kind: 'dial_failed', at: 'egress', message: 'no proxy is enabled' },
  answer: undefined,
};

function worthOf({ outcome }: Dialed<unknown>): number {
  return WORTH.get(judge(outcome).name) ?? CONCLUSIVE;
}
