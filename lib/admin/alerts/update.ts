import type { AlertReceiver } from '../../config/alert-rules';
import type { AlertItem, alertsApi } from '../contract/alerts';
import type { EndpointInput } from '../contract/endpoint';
import type { AdminContext } from '../context';
import { definedOf } from '../defined';
import { alertItem } from './alert-item';
import { addressFor, checkReceiver, findReceiver, writeReceivers } from './write';

/** Changes what is given, all or nothing. */
export function updateAlert(
  context: AdminContext,
  { id, url, ...patch }: EndpointInput<typeof alertsApi.update>,
): Promise<AlertItem> {
  return context.alerts.edit(async () => {
    const before = findReceiver(context, id);
    const changed: AlertReceiver = {
      ...before,
      ...definedOf(patch),
      url: url === undefined ? before.url : addressFor(before.kind, url),
    };
    const all = context.settings.current.ALERT_RECEIVERS;
    checkReceiver(
      changed,
      all.filter((one) => one.id !== id),
    );
    const receivers = all.map((one) => (one.id === id ? changed : one));
    await writeReceivers(context, receivers, 'alerts.update', changed.name);
    return alertItem(changed, (await context.alerts.states()).get(id));
  });
}
