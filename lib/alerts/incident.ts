import type { AttentionItem, AttentionOf } from '../admin/contract/stats';
import type { AlertReceiver, AlertRule } from '../config/alert-rules';

/** Fewer keys of a provider can be used than a receiver wants. */
export interface KeysLow {
  readonly kind: 'keys_low';
  readonly providerName: string;
  readonly available: number;
  readonly of: number;
}

/** Something that is wrong now, as a rule sees it. */
export interface Incident {
  /** The same for as long as it lasts, however the sentence about it changes. */
  readonly key: string;
  readonly rule: AlertRule;
  readonly severity: AttentionItem['severity'];
  readonly since: number | null;
  /** One that has got worse is told anew. */
  readonly level: number;
  /** It lasts, but another incident says it all: it neither begins nor ends. */
  readonly isCovered: boolean;
  readonly item: AttentionItem | KeysLow;
}

type Rules = Pick<AlertReceiver, 'rules' | 'keysLowPercent'>;

/** Those of the dashboard's list that the receiver wants to be told of, the worst first. */
export function incidentsOf(items: readonly AttentionItem[], receiver: Rules): Incident[] {
  const byKey = new Map<string, Incident>();
  for (const incident of [
    ...items.flatMap((item) => plainIncidents(item, receiver)),
    ...keyIncidents(items, receiver),
  ]) {
    if (!receiver.rules.includes(incident.rule)) continue;
    const known = byKey.get(incident.key);
    // Of several sentences about one thing the one that is news stays.
    if (known === undefined || (known.isCovered && !incident.isCovered)) byKey.set(incident.key, incident);
  }
  return [...byKey.values()];
}

function plainIncidents(item: AttentionItem, { rules }: Rules): Incident[] {
  switch (item.kind) {
    case 'provider':
      return [
        incident('provider_down', `provider_down:${item.provider}`, item),
        // While it is out, its share of errors is not over: nobody asks it.
        {
          ...incident('error_share', `error_share:${item.provider}`, item),
          isCovered: rules.includes('provider_down'),
        },
      ];
    case 'failing':
    case 'model':
      return [incident('error_share', `error_share:${item.provider}`, item)];
    case 'proxy':
      return [incident('proxy_down', `${PROXY}${item.proxyId}`, item)];
    case 'proxies':
      return [incident('proxy_down', ALL_PROXIES, item)];
    case 'budget':
      return [{ ...incident('budget', item.id, item), level: item.percent >= 100 ? 100 : 80 }];
    case 'shortage':
    case 'alone':
      return [incident('trouble', `trouble:${item.id}`, item)];
    case 'keys':
    case 'waiting':
      return [];
  }
}

/** One proxy, and many that are told together. */
export const PROXY = 'proxy_down:id:';
export const ALL_PROXIES = 'proxy_down:all';

function incident(rule: AlertRule, key: string, item: AttentionItem): Incident {
  return { key, rule, severity: item.severity, since: item.since, level: 1, isCovered: false, item };
}

/** By provider: whether any key can be used for anything, and whether enough can. */
function keyIncidents(items: readonly AttentionItem[], { rules, keysLowPercent }: Rules): Incident[] {
  const ofKeys = items.filter((item) => item.kind === 'keys').filter(isOut);
  return [...new Set(ofKeys.map(({ provider }) => provider))].flatMap((provider) => {
    const out = ofKeys.filter((item) => item.provider === provider).toSorted((a, b) => b.count - a.count);
    const [most] = out;
    if (most === undefined) return [];
    const { of, providerName } = most;
    const available = of - out.reduce((sum, { count }) => sum + count, 0);
    const isNone = available <= 0;
    const low: Incident = {
      ...incident('keys_low', `keys_low:${provider}`, most),
      severity: 'medium',
      isCovered: isNone && rules.includes('keys_out'),
      item: { kind: 'keys_low', providerName, available: Math.max(0, available), of },
    };
    return [
      ...(isNone ? [incident('keys_out', `keys_out:${provider}`, most)] : []),
      ...(available * 100 < keysLowPercent * of ? [low] : []),
    ];
  });
}

/** Disabled, or resting whatever they are asked for. */
function isOut({ state, model, models }: AttentionOf<'keys'>): boolean {
  if (state === 'disabled' || state === 'none_left') return true;
  return state === 'resting' && model === null && models === 0;
}
