import type { ErrorLogRow, ListedErrorLogRow, ListedRequestLogRow, RequestLogRow } from '../../store';
import type { ErrorLogItem, RequestLogItem } from '../contract/logs';

/** Without the attempts, which only the story of a request shows. */
export function requestLogItem({
  attempts: _attempts,
  errorCode: _code,
  ...row
}: ListedRequestLogRow & Partial<Pick<RequestLogRow, 'attempts'>>): RequestLogItem {
  return row;
}

/** Without the bodies, which only the story of a request shows. */
export function errorLogItem({
  upstreamBody: _up,
  requestBody: _down,
  ...row
}: ListedErrorLogRow & Partial<Pick<ErrorLogRow, 'upstreamBody' | 'requestBody'>>): ErrorLogItem {
  return row;
}
