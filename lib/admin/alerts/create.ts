import { randomBytes } from 'node:crypto';
import { ALERT_LIMITS, ALERT_RULES, type AlertReceiver } from '../../config/alert-rules';
import type { alertsApi } from '../contract/alerts';
import type { EndpointInput } from '../contract/endpoint';
import type { AdminContext } from '../context';
import { definedOf } from '../defined';
import { AdminError } from '../error';
import { alertItem } from './alert-item';
import { addressFor, checkReceiver, writeReceivers } from './write';

/** Adds a receiver. Only this answer shows the secret that its messages are signed with. */
export function createAlert(context: AdminContext, input: EndpointInput<typeof alertsApi.create>) {
  return context.alerts.edit(async () => {
    const receiver = newReceiver(input);
    const all = context.settings.current.ALERT_RECEIVERS;
    if (all.length >= ALERT_LIMITS.receivers) {
      throw new AdminError('not_allowed', `There are ${ALERT_LIMITS.receivers} receivers already.`);
    }
    checkReceiver(receiver, all);
    await writeReceivers(context, [...all, receiver], 'alerts.create', receiver.name);
    return { item: alertItem(receiver, undefined), secret: receiver.secret };
  });
}

function newReceiver({
  url = '',
  secret = '',
  ...input
}: EndpointInput<typeof alertsApi.create>): AlertReceiver {
  return {
    id: randomBytes(8).toString('hex'),
    isEnabled: true,
    token: '',
    chatId: '',
    rules: ALERT_RULES,
    keysLowPercent: ALERT_LIMITS.keysLowPercent.default,
    quietHours: null,
    language: 'en',
    delaySeconds: ALERT_LIMITS.delaySeconds.default,
    name: input.name,
    kind: input.kind,
    ...definedOf(input),
    url: addressFor(input.kind, url),
    secret: secret === '' ? `bal_${randomBytes(24).toString('base64url')}` : secret,
  };
}
