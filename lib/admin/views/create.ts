import { SAVED_VIEWS } from '../../config/saved-views';
import type { EndpointInput } from '../contract/endpoint';
import type { ViewItem, viewsApi } from '../contract/views';
import type { AdminContext } from '../context';
import { checkView } from './check-view';
import { writeView } from './write-view';

export async function createView(
  context: AdminContext,
  { page, name, state }: EndpointInput<typeof viewsApi.create>,
): Promise<ViewItem> {
  await checkView(context, page, { name, state });
  const view = { page, name, state: JSON.stringify(state) };
  return writeView(context, 'views.create', (write) => write.create(view, SAVED_VIEWS.countMax));
}
