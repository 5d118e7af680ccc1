import type { AdminContext } from '../context';
import { writeView } from './write-view';

export async function deleteView(context: AdminContext, { id }: { readonly id: string }) {
  await writeView(context, 'views.delete', (write) => write.remove(id));
  return { ok: true as const };
}
