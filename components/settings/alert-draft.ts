import type { AlertItem } from '@/lib/admin/contract/alerts';
import type { AlertChange, NewAlert } from '@/lib/client/alerts';
import { ALERT_LIMITS, ALERT_RULES } from '@/lib/config/alert-rules';

/** A receiver as the form has it. What is secret is empty, and stays as it is then. */
export interface AlertDraft {
  readonly name: string;
  readonly kind: AlertItem['kind'];
  readonly isEnabled: boolean;
  readonly url: string;
  readonly token: string;
  readonly chatId: string;
  readonly secret: string;
  readonly rules: readonly AlertItem['rules'][number][];
  readonly keysLowPercent: string;
  readonly delaySeconds: string;
  readonly language: AlertItem['language'];
  readonly isQuiet: boolean;
  readonly from: string;
  readonly to: string;
  readonly zone: string;
}

/** A receiver that is told of everything at any time. */
function newDraft(zone: string, language: string): AlertDraft {
  return {
    name: '',
    kind: 'slack',
    isEnabled: true,
    url: '',
    token: '',
    chatId: '',
    secret: '',
    rules: ALERT_RULES,
    keysLowPercent: String(ALERT_LIMITS.keysLowPercent.default),
    delaySeconds: String(ALERT_LIMITS.delaySeconds.default),
    language: language === 'zh' ? 'zh' : 'en',
    isQuiet: false,
    from: '22:00',
    to: '07:00',
    zone,
  };
}

export function draftOf(item: AlertItem | undefined, zone: string, language: string): AlertDraft {
  const draft = newDraft(zone, language);
  if (item === undefined) return draft;
  const { name, kind, isEnabled, chatId, rules, quietHours } = item;
  return {
    ...draft,
    ...{ name, kind, isEnabled, chatId, rules, language: item.language },
    keysLowPercent: String(item.keysLowPercent),
    delaySeconds: String(item.delaySeconds),
    ...(quietHours !== null && { ...quietHours, isQuiet: true }),
  };
}

export const isSame = (a: AlertDraft, b: AlertDraft): boolean => JSON.stringify(a) === JSON.stringify(b);

export function newAlertOf(draft: AlertDraft): NewAlert {
  return { ...changeOf(draft), name: draft.name, kind: draft.kind };
}

export function changeOf(draft: AlertDraft): AlertChange {
  const { name, kind, isEnabled, url, token, chatId, secret, rules, language } = draft;
  const { isQuiet, from, to, zone } = draft;
  return {
    name,
    isEnabled,
    ...(url !== '' && { url }),
    ...(token !== '' && { token }),
    ...(kind === 'telegram' && { chatId }),
    ...(secret !== '' && { secret }),
    rules: [...rules],
    keysLowPercent: Number(draft.keysLowPercent),
    delaySeconds: Number(draft.delaySeconds),
    language,
    quietHours: isQuiet ? { from, to, zone } : null,
  };
}
