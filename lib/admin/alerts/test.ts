import { recordOrRefuse } from '../audit/record';
import type { DeliveredAnswer } from '../contract/alerts';
import type { AdminContext } from '../context';
import { findReceiver } from './write';

/** Sends one message, to be seen by whoever is told. A failure is part of the answer. */
export async function testAlert(
  context: AdminContext,
  { id }: { readonly id: string },
): Promise<DeliveredAnswer> {
  const receiver = findReceiver(context, id);
  await recordOrRefuse(context, { action: 'alerts.test', target: receiver.name });
  return context.alerts.test(receiver, context.caller.signal);
}
