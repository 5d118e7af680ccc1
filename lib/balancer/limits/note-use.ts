import type { Lease } from '../pool/lease';
import type { Membership } from '../pool/membership';
import type { Reservation } from './reservation';
import type { SeenLimit } from './seen-limits';
import type { Outcome } from '../attempts/verdict';

type Answered = Extract<Outcome, { kind: 'answer' }>;

/** What an attempt's result tells of its account and its limits. Once for each lease. */
export function noteUse(lease: Lease, outcome: Outcome, membership: Membership, now: number): void {
  const { key, reservation } = lease;
  const { account, tokens } = reservation;
  account.answered(reservation);
  switch (outcome.kind) {
    case 'answer':
      if (outcome.account !== undefined) membership.nameAccount(key, outcome.account);
      noteAnswer(reservation, outcome, now);
      break;
    case 'dial_failed':
    case 'own_trouble':
      reservation.neverSent(now);
      break;
    default:
      account.draws.endedSilently(tokens);
  }
}

function noteAnswer(reservation: Reservation, outcome: Answered, now: number): void {
  const { account, model, tokens } = reservation;
  const { subject, until } = outcome.facts;
  if (subject === 'answer') {
    const hasPlenty = account.hasPlenty(model, now);
    const limits = hasPlenty ? undefined : outcome.limits;
    if (limits === undefined && !hasPlenty) account.draws.endedSilently(tokens);
    account.accepted(reservation, limits, now);
    return;
  }
  reservation.refused(now);
  const limits = subject === 'rate' ? untilNamed(outcome.limits, until, tokens, now) : undefined;
  // A refusal without a word of when something is back says that nothing is left.
  if (limits === undefined && (subject !== 'rate' || until !== undefined))
    account.draws.endedSilently(tokens);
  if (subject === 'rate') account.refused(reservation, limits, until, now);
}

/**
 * Of what is used up, as much as the refused request needs is back when the refusal says so, which may be long before
 * all of it is.
 */
function untilNamed(
  limits: readonly SeenLimit[] | undefined,
  until: number | undefined,
  tokens: number,
  now: number,
): readonly SeenLimit[] | undefined {
  if (until === undefined) return limits;
  return limits?.map((limit) => {
    if (limit.remaining !== 0) return limit;
    const amount = limit.of === 'tokens' ? Math.max(1, tokens) : 1;
    return { ...limit, oneBackAt: now + (until - now) / amount };
  });
}
