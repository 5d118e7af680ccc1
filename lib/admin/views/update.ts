import type { EndpointInput } from '../contract/endpoint';
import type { ViewItem, viewsApi } from '../contract/views';
import type { AdminContext } from '../context';
import { notFound } from '../error';
import { checkView } from './check-view';
import { listViews } from './list';
import { writeView } from './write-view';

/** Changes what is given, all or nothing. */
export async function updateView(
  context: AdminContext,
  { id, version, name, state }: EndpointInput<typeof viewsApi.update>,
): Promise<ViewItem> {
  const known = (await listViews(context)).items.find((item) => item.id === id);
  if (known === undefined) throw notFound('view');
  await checkView(context, known.page, { name, state });
  const patch = {
    ...(name !== undefined && { name }),
    ...(state !== undefined && { state: JSON.stringify(state) }),
  };
  return writeView(context, 'views.update', (write) => write.update(id, patch, version));
}
