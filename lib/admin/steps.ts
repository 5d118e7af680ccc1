import type { ChangeNote } from '../store/change-notes';

/** Keys that are put in force together; other changes get their turn in between. */
export const CHUNK = 2_500;
/** Keys in one transaction, which keeps the database for some tens of milliseconds. */
const STEP = 500;

/** Hands items to `work` in steps of one transaction each; also none, so that what was asked for has its entry. */
export async function eachStep<Item>(
  items: readonly Item[],
  work: (step: readonly Item[]) => Promise<void>,
): Promise<void> {
  let start = 0;
  do {
    await work(items.slice(start, start + STEP));
    start += STEP;
  } while (start < items.length);
}

/** For programs that run on the same database: any of providers, keys, proxies and tokens are not what they were. */
export const INVENTORY: readonly ChangeNote[] = [{ kind: 'inventory' }];
/** And settings: both are put in force together. */
export const EVERYTHING: readonly ChangeNote[] = [{ kind: 'settings' }, ...INVENTORY];
/** Or only these. */
export const PROVIDERS: readonly ChangeNote[] = [{ kind: 'providers' }];
export const PROXIES: readonly ChangeNote[] = [{ kind: 'proxies' }];
export const VIEWS: readonly ChangeNote[] = [{ kind: 'views' }];
export const TOKENS: readonly ChangeNote[] = [{ kind: 'tokens' }];

export function keyRowsNote(keys: readonly { readonly id: string }[]): ChangeNote[] {
  return keys.length === 0 ? [] : [{ kind: 'key_rows', keyIds: keys.map(({ id }) => id) }];
}
