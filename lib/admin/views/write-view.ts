import type { SavedViewRow } from '../../store/saved-views';
import type { ChangeWrites } from '../../store/changes/change';
import type { ViewItem } from '../contract/views';
import type { AdminContext } from '../context';
import { AdminError, notFound } from '../error';
import { VIEWS } from '../steps';
import { nameTaken } from './check-view';
import { viewItem } from './view-item';

/** Makes a change of one view with its entry, and tells of it. Throws `duplicate` for a name that the page has. */
export async function writeView(
  { store, caller, live }: AdminContext,
  action: string,
  work: (write: ChangeWrites['savedViews']) => Promise<SavedViewRow | undefined>,
): Promise<ViewItem> {
  const row = await store
    .change(caller, async (write) => {
      const result = await work(write.savedViews);
      if (result === undefined) return { entry: undefined, result };
      const entry = { action, target: result.name, detail: { page: result.page } };
      return { entry, notes: VIEWS, result };
    })
    .catch((error: unknown) => {
      throw codeOf(error) === 'duplicate' ? nameTaken() : error;
    });
  if (row === undefined) throw new AdminError('not_allowed', 'There are 100 saved views already.');
  live.changed('views');
  const item = viewItem(row);
  if (item === undefined) throw notFound('view');
  return item;
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
