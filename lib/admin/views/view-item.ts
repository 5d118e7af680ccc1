import type { SavedViewRow } from '../../store/saved-views';
import { VIEW_PAGES, type ViewPage } from '../../config/saved-views';
import type { ViewItem, ViewState } from '../contract/views';

/** Undefined for what another version of the program has saved and this one does not know. */
export function viewItem(row: SavedViewRow): ViewItem | undefined {
  const page: ViewPage | undefined = VIEW_PAGES.find((one) => one === row.page);
  const state = stateOf(row.state);
  return page === undefined || state === undefined ? undefined : { ...row, page, state };
}

function stateOf(json: string): ViewState | undefined {
  try {
    const { query, columns } = JSON.parse(json) as ViewState;
    return typeof query === 'object' && typeof columns === 'object' ? { query, columns } : undefined;
  } catch {
    return undefined;
  }
}
