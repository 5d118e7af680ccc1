import type { AttentionOf } from '../contract/stats';
import type { AdminParts } from '../context';

/** This instance hears of the others by the database alone, though a Redis is set. */
export function aloneInstance({ instances, liveTime }: AdminParts): AttentionOf<'alone'>[] {
  const { state, onMachine } = instances;
  if (state?.name !== 'local' || onMachine) return [];
  const since = liveTime.wallOf(state.since);
  return [{ kind: 'alone', id: 'alone', severity: 'medium', since, reason: state.reason }];
}
