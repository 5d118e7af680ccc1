import type { AttentionOf } from '../admin/contract/stats';
import { formatCount, formatCountdown, formatUsd } from './format';

/** As the messages expect it. */
export const yes = (is: boolean): 'yes' | 'no' => (is ? 'yes' : 'no');

export function keysValues(item: AttentionOf<'keys'>, now: number) {
  const { count, of, disabled, model, models, status, reason } = item;
  const time = item.nextBackAt === null ? '' : formatCountdown(item.nextBackAt - now);
  return {
    name: item.providerName,
    all: yes(count === of),
    count,
    of,
    disabled,
    resting: count - disabled,
    mixed: yes(disabled > 0 && disabled < count),
    scope: models > 1 ? 'models' : model === null ? 'all' : model === '' ? 'none' : 'model',
    models,
    model: model ?? '',
    next: yes(time !== ''),
    time,
    hasStatus: yes(status !== null && status > 0),
    status: String(status ?? ''),
    hasReason: yes(reason !== null),
  };
}

export function providerValues(item: AttentionOf<'provider'>) {
  const { providerName, answer, status, helped, failed } = item;
  return { name: providerName, answer, status: String(status ?? ''), toll: tollOf(item), helped, failed };
}

function tollOf({ helped, failed }: AttentionOf<'provider'>): 'both' | 'helped' | 'failed' | 'none' {
  if (helped > 0) return failed > 0 ? 'both' : 'helped';
  return failed > 0 ? 'failed' : 'none';
}

export function failingValues(item: AttentionOf<'failing'>) {
  const { providerName, failed, attempts, answer, status, model } = item;
  return {
    name: providerName,
    failed,
    attempts,
    answer,
    status: String(status ?? ''),
    hasModel: yes(model !== null),
    model: model ?? '',
  };
}

export function modelValues({ providerName, model, models, status }: AttentionOf<'model'>) {
  return {
    name: providerName,
    model: model ?? '',
    models,
    hasStatus: yes(status !== null),
    status: String(status ?? ''),
  };
}

export function proxyValues(item: AttentionOf<'proxy'>) {
  return { ...fateOf(item), address: item.address, trouble: item.trouble };
}

export function proxiesValues(item: AttentionOf<'proxies'>) {
  const { count, of } = item;
  return { ...fateOf(item), all: yes(count === of), count, of };
}

function fateOf({ keys, stranded }: Pick<AttentionOf<'proxy'>, 'keys' | 'stranded'>) {
  const fate = keys === 0 ? 'none' : stranded === 0 ? 'moved' : stranded === keys ? 'stranded' : 'some';
  return { fate, keys, stranded, moved: keys - stranded };
}

export function budgetValues({ name, percent, unit, spent, amount }: AttentionOf<'budget'>) {
  const shown = unit === 'usd' ? formatUsd : formatCount;
  return { name, all: yes(percent >= 100), percent, unit, spent: shown(spent), amount: shown(amount) };
}
