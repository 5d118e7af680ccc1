import { NANO_USD } from '../../pricing/rates';
import type { ErrorLogRow, RequestLogRow } from '../../store/rows';
import type { ListedErrorLogRow } from '../../store/logs/error-logs';
import type { ListedRequestLogRow } from '../../store/logs/request-logs';
import type { ErrorLogItem, RequestLogItem } from '../contract/logs';
import type { GoneOf } from './gone';

type RequestRow = ListedRequestLogRow & Partial<Pick<RequestLogRow, 'attempts'>>;
type ErrorRow = ListedErrorLogRow & Partial<Pick<ErrorLogRow, 'upstreamBody' | 'requestBody'>>;

/** As it was written, without the attempts, which only the story of a request shows. */
export function writtenRequest({
  attempts: _attempts,
  errorCode: _code,
  costNano,
  ...row
}: RequestRow): Omit<RequestLogItem, 'gone'> {
  return { ...row, costUsd: costNano === null ? null : costNano / NANO_USD };
}

/** As it was written, without the bodies, which only the story of a request shows. */
export function writtenError({
  upstreamBody: _up,
  requestBody: _down,
  ...row
}: ErrorRow): Omit<ErrorLogItem, 'gone'> {
  return row;
}

export function requestLogItem(row: RequestRow, gone: GoneOf): RequestLogItem {
  return { ...writtenRequest(row), gone: gone(row) };
}

export function errorLogItem(row: ErrorRow, gone: GoneOf): ErrorLogItem {
  return { ...writtenError(row), gone: gone(row) };
}
