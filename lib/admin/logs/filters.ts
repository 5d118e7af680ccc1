import type { LogFilters } from '../../store/logs/log-table';
import type { LogFilter, LogKind } from '../contract/logs';
import { wrongField } from '../error';

/** The store's words for the contract's filter. */
export function logFilters(filter: LogFilter, kind: LogKind): LogFilters {
  const { from, to, provider, keyId, model, status, result, outcome, text, token } = filter;
  if (token !== undefined && kind === 'errors') throw wrongField('token', 'is known of requests only');
  if (result !== undefined && kind === 'errors') throw wrongField('result', 'is known of requests only');
  if (from !== undefined && to !== undefined && from > to) throw wrongField('to', 'must not be before from');
  return {
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(provider !== undefined && { provider }),
    ...(keyId !== undefined && { keyId }),
    ...(model !== undefined && { model }),
    ...(status !== undefined && { status: statusRange(status) }),
    ...(result !== undefined && { result }),
    ...(result === undefined && status === '2xx' && kind === 'requests' && { result: 'succeeded' }),
    ...(outcome === 'failure' && { isFailure: true }),
    ...(outcome !== undefined && outcome !== 'failure' && { outcome }),
    ...(text !== undefined && text !== '' && { text }),
    ...(token !== undefined && { token }),
  };
}

function statusRange(status: string): number | readonly [number, number] {
  if (!status.endsWith('xx')) return Number(status);
  const first = Number(status.charAt(0)) * 100;
  return [first, first + 99];
}
