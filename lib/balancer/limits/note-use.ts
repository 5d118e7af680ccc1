import type { Lease } from '../pool/lease';
import type { Membership } from '../pool/membership';
import type { SeenLimit } from './seen-limits';
import type { Outcome } from '../attempts/verdict';

/** What an attempt's result tells of its account and its limits. Once for each lease. */
export function noteUse(
  { key, reservation }: Lease,
  outcome: Outcome,
  membership: Membership,
  now: number,
): void {
  reservation.account.answered(reservation);
  if (outcome.kind === 'dial_failed' || outcome.kind === 'own_trouble') reservation.neverSent(now);
  if (outcome.kind !== 'answer') return;
  const { facts, account: name } = outcome;
  if (name !== undefined) membership.nameAccount(key, name);
  const { account, model } = reservation;
  if (facts.subject === 'answer') {
    const limits = account.hasPlenty(model, now) ? undefined : outcome.limits;
    account.accepted(reservation, limits, now);
    return;
  }
  reservation.refused(now);
  if (facts.subject === 'rate')
    account.refused(reservation, untilNamed(outcome.limits, facts.until), facts.until, now);
}

/** The first of what is used up is back when the refusal says so, which may be long before all of it is. */
function untilNamed(
  limits: readonly SeenLimit[] | undefined,
  until: number | undefined,
): readonly SeenLimit[] | undefined {
  if (until === undefined) return limits;
  return limits?.map((limit) => (limit.remaining === 0 ? { ...limit, oneBackAt: until } : limit));
}
