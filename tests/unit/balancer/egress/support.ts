import type { EgressBinding, EgressUser } from '../../../../lib/balancer/egress/binding';
import { Egresses } from '../../../../lib/balancer/egress/egresses';
import type { EgressLease } from '../../../../lib/balancer/egress/lease';
import type { EgressState } from '../../../../lib/balancer/egress/state';
import type { Facts, Subject } from '../../../../lib/balancer/facts';
import { VERDICTS, type Outcome, type VerdictName } from '../../../../lib/balancer/attempts/verdict';
import { EventLog, SeededRandom, START_MS as NOW } from '../support';

export const NONE: ReadonlySet<EgressState> = new Set();

export const bindTo = (egressIds: string, isSticky = true): EgressBinding => ({
  mode: 'proxies',
  egressIds: [...egressIds],
  isSticky,
});

export const user = (keyId: string, egressId?: string): EgressUser => ({ keyId, egressId });

/** One letter for each proxy. */
export function egressesOf(egressIds: string, events = new EventLog()): Egresses {
  const egresses = new Egresses(new SeededRandom(), events);
  configure(egresses, egressIds);
  return egresses;
}

export function configure(egresses: Egresses, egressIds: string): void {
  egresses.configure(
    [...egressIds].map((egressId) => ({
      egressId,
      url: `http://user:SECRET@${egressId}.example:1`,
      hint: `http://user:***@${egressId}.example:1`,
    })),
    () => undefined,
  );
}

export function egressOf(egresses: Egresses, egressId: string): EgressState {
  const egress = egresses.get(egressId);
  if (egress === undefined) throw new Error(`no proxy ${egressId}`);
  return egress;
}

export const idOf = (lease: EgressLease): string => lease.egress.config.egressId;

/** The way out for one attempt, which is over at once. */
export function through(
  egresses: Egresses,
  who: EgressUser | string,
  binding: EgressBinding,
  now = NOW,
  tried = NONE,
): EgressLease {
  const lease = egresses.lease(typeof who === 'string' ? user(who) : who, binding, tried, now);
  if (lease === undefined || lease === 'none') throw new Error(`no proxy: ${lease}`);
  lease.release();
  return lease;
}

/** One request of provider `p` through the proxy, and what came of it. */
export function send(
  egresses: Egresses,
  egressId: string,
  name: VerdictName,
  over: { readonly provider?: string; readonly witness?: object; readonly now?: number } = {},
): EgressLease {
  const { provider = 'p', witness = {}, now = NOW } = over;
  const lease = through(egresses, 'any', bindTo(egressId), now);
  egresses.settle(lease, provider, VERDICTS[name], `told: ${name}`, witness, now);
  return lease;
}

/** So many different requests cannot reach the proxy: three open its breaker. */
export function fail(egresses: Egresses, egressId: string, times = 3, now = NOW): void {
  for (let i = 0; i < times; i++) send(egresses, egressId, 'egress_unreachable', { now });
}

export function answerOf(status: number, subject: Subject, over: Partial<Facts> = {}): Outcome {
  const facts = { subject, rule: 'test', code: undefined, message: undefined, ...over };
  return { kind: 'answer', status, facts };
}

export const OK = answerOf(200, 'answer');
export const PROXY_DOWN: Outcome = { kind: 'dial_failed', at: 'egress', message: 'connection refused' };
