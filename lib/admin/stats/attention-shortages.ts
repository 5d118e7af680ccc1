import type { AttentionOf } from '../contract/stats';
import type { AdminParts } from '../context';

/** What the installation itself lacks. */
export function ownShortages({ shortages }: AdminParts): AttentionOf<'shortage'>[] {
  return shortages().map(({ of, since }) => ({
    kind: 'shortage',
    id: `shortage:${of}`,
    severity: 'high',
    since,
    of,
  }));
}
