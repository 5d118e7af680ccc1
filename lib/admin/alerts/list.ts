import type { AdminContext } from '../context';
import { settingItem } from '../settings/setting-item';
import { alertItem } from './alert-item';

export async function listAlerts(context: AdminContext) {
  const { source, problem } = settingItem(context, 'ALERT_RECEIVERS');
  const states = await context.alerts.states();
  const items = context.settings.current.ALERT_RECEIVERS.map((one) => alertItem(one, states.get(one.id)));
  return { source, problem, items };
}
