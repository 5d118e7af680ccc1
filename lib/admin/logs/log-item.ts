import type { ErrorLogRow, RequestLogRow } from '../../store';
import type { ErrorLogItem, RequestLogItem } from '../contract/logs';

export function requestLogItem({
  attempts: _attempts,
  errorCode: _code,
  ...row
}: RequestLogRow): RequestLogItem {
  return row;
}

/** Without the bodies, which only the story of a request shows. */
export function errorLogItem({ upstreamBody: _up, requestBody: _down, ...row }: ErrorLogRow): ErrorLogItem {
  return row;
}
