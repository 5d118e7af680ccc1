import type { AlertState } from '../../alerts/alert-state';
import type { AlertReceiver } from '../../config/alert-rules';
import type { AlertItem } from '../contract/alerts';
import { SECRET_MASK } from '../contract/values';

/** What may be shown of a receiver. */
export function alertItem(receiver: AlertReceiver, state: AlertState | undefined): AlertItem {
  const { url, token, secret, rules, ...shown } = receiver;
  const { origin, pathname, search } = new URL(url);
  return {
    id: shown.id,
    name: shown.name,
    kind: shown.kind,
    isEnabled: shown.isEnabled,
    address: pathname + search === '/' ? origin : `${origin}/${SECRET_MASK}`,
    chatId: shown.chatId,
    hasToken: token !== '',
    isSigned: secret !== '',
    rules: [...rules],
    keysLowPercent: shown.keysLowPercent,
    quietHours: shown.quietHours,
    language: shown.language,
    delaySeconds: shown.delaySeconds,
    last: state?.last ?? null,
    open: state?.open.length ?? 0,
  };
}
