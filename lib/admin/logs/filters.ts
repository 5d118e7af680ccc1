import type { LogFilters } from '../../store/logs/log-table';
import type { LogFilter, LogKind } from '../contract/logs';
import { definedOf } from '../defined';
import { wrongField } from '../error';

/** The store's words for the contract's filter. */
export function logFilters(filter: LogFilter, kind: LogKind): LogFilters {
  const { from, to, provider, keyId, model, status, result, outcome, text, token } = filter;
  const { durationMsMin, durationMsMax } = filter;
  if (kind === 'errors') refuseOf({ token, result, durationMsMin, durationMsMax });
  if (from !== undefined && to !== undefined && from > to) throw wrongField('to', 'must not be before from');
  const isSucceeded = result === undefined && status === '2xx' && kind === 'requests';
  return definedOf({
    ...{ from, to, provider, keyId, model, token, durationMsMin, durationMsMax },
    status: status === undefined ? undefined : statusRange(status),
    result: isSucceeded ? 'succeeded' : result,
    isFailure: outcome === 'failure' ? true : undefined,
    outcome: outcome === 'failure' ? undefined : outcome,
    text: text === '' ? undefined : text,
  });
}

function refuseOf(ofRequests: Readonly<Record<string, unknown>>): void {
  const asked = Object.keys(definedOf(ofRequests))[0];
  if (asked !== undefined) throw wrongField(asked, 'is known of requests only');
}

function statusRange(status: string): number | readonly [number, number] {
  if (!status.endsWith('xx')) return Number(status);
  const first = Number(status.charAt(0)) * 100;
  return [first, first + 99];
}
