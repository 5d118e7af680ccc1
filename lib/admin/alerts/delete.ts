import type { AdminContext } from '../context';
import { findReceiver, writeReceivers } from './write';

export function deleteAlert(context: AdminContext, { id }: { readonly id: string }) {
  return context.alerts.edit(async () => {
    const { name } = findReceiver(context, id);
    const left = context.settings.current.ALERT_RECEIVERS.filter((one) => one.id !== id);
    await writeReceivers(context, left, 'alerts.delete', name);
    return { ok: true as const };
  });
}
