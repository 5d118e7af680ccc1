import type { AlertMessage } from '../../../lib/alerts/message';
import { ALERT_RULES, type AlertReceiver } from '../../../lib/config/alert-rules';

export function receiver(given: Partial<AlertReceiver> = {}): AlertReceiver {
  return {
    id: 'r1',
    name: 'ops',
    kind: 'json',
    isEnabled: true,
    url: 'https://hooks.example.com/services/T0/very-secret',
    token: '',
    chatId: '',
    secret: 'shared-secret',
    rules: ALERT_RULES,
    keysLowPercent: 20,
    quietHours: null,
    language: 'en',
    delaySeconds: 0,
    ...given,
  };
}

export function message(given: Partial<AlertMessage> = {}): AlertMessage {
  return {
    id: '11111111-2222-3333-4444-555555555555',
    at: 1_796_000_000_000,
    state: 'begin',
    incident: {
      key: 'provider_down:groq',
      rule: 'provider_down',
      severity: 'high',
      since: 1_795_999_000_000,
    },
    title: 'OpenAI Balance: Urgent',
    text: 'Groq answers 503',
    ...given,
  };
}
