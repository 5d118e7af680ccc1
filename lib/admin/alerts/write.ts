import { TELEGRAM_API, type AlertReceiver } from '../../config/alert-rules';
import { toEntry } from '../../config/values/alert-receivers';
import type { AdminContext } from '../context';
import { notFound, wrongField } from '../error';
import { applySettings } from '../settings/update';

export function findReceiver({ settings }: AdminContext, id: string): AlertReceiver {
  const found = settings.current.ALERT_RECEIVERS.find((one) => one.id === id);
  if (found === undefined) throw notFound('receiver');
  return found;
}

/** Puts these in the place of all. They are in force when the promise settles. */
export async function writeReceivers(
  context: AdminContext,
  receivers: readonly AlertReceiver[],
  action: string,
  target: string,
): Promise<void> {
  const text = receivers.length === 0 ? null : JSON.stringify(receivers.map(toEntry));
  await applySettings(context, { ALERT_RECEIVERS: text }, action, target);
  context.live.changed('settings');
}

/** Throws `invalid_input`, and names the field. What the setting says of it as well comes from there. */
export function checkReceiver(receiver: AlertReceiver, others: readonly AlertReceiver[]): void {
  const { name, kind, url, token, chatId } = receiver;
  if (others.some((one) => one.name === name)) throw wrongField('name', 'is taken already');
  if (url === '') throw wrongField('url', 'is missing');
  if (kind === 'ntfy' && new URL(url).pathname.replace(/\/+$/, '') === '')
    throw wrongField('url', 'must end with a topic');
  if (kind !== 'telegram') return;
  if (!/^\d+:[\w-]+$/.test(token))
    throw wrongField('token', 'must be the token of a bot, such as 123456:ABC-def');
  if (chatId === '') throw wrongField('chatId', 'is missing');
}

/** Only Telegram has an address of its own. */
export function addressFor(kind: AlertReceiver['kind'], url: string): string {
  return url === '' && kind === 'telegram' ? TELEGRAM_API : url;
}
