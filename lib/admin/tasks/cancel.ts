import type { AdminContext } from '../context';
import { recordAct } from '../audit/record';
import { AdminError, notFound } from '../error';

export async function cancelTask(context: AdminContext, { id }: { readonly id: string }) {
  const status = context.tasks.get(id);
  if (status === undefined) throw notFound('task');
  if (!context.tasks.cancel(id)) throw new AdminError('not_allowed', 'The task is over already.');
  await recordAct(context, { action: 'tasks.cancel', target: status.label });
  return { ok: true as const };
}
