import { logIdTime } from '../../../lib/store/logs/log-id';
import type { ErrorLogRow, RequestLogRow } from '../../../lib/store/rows';

const FIRST_AT = 1_000_000;

/** As the program makes them: by time, then by number. */
export const rowId = (n: number, at = FIRST_AT + n) => `${logIdTime(at)}${String(n).padStart(11, '0')}`;

export function requestRow(n: number, rest: Partial<RequestLogRow> = {}): RequestLogRow {
  return {
    id: rowId(n, rest.at),
    at: FIRST_AT + n,
    requestId: `req-${n}`,
    method: 'POST',
    endpoint: '/v1/chat/completions',
    model: 'gpt-4o-mini',
    isStream: true,
    provider: 'default',
    keyId: 'key-1',
    keyHint: 'sk-abc...wxyz',
    egressId: null,
    token: 'sk-...xyz',
    status: 200,
    outcome: 'success',
    errorCode: null,
    errorMessage: null,
    attemptCount: 1,
    attempts: '[{"status":200}]',
    ttfbMs: 12,
    durationMs: 345,
    promptTokens: 1,
    cachedTokens: null,
    completionTokens: 3,
    costNano: 7,
    reasoningTokens: null,
    requestBytes: 5_000_000_000,
    responseBytes: 7,
    upstreamId: null,
    modelAsked: null,
    route: null,
    ...rest,
  };
}

export function errorRow(n: number, rest: Partial<ErrorLogRow> = {}): ErrorLogRow {
  return {
    id: rowId(n, rest.at),
    at: FIRST_AT + n,
    requestId: `req-${n}`,
    requestLogId: rowId(n),
    provider: 'default',
    keyId: 'key-1',
    keyHint: 'sk-abc...wxyz',
    egressId: null,
    model: 'gpt-4o-mini',
    endpoint: '/v1/chat/completions',
    status: 500,
    verdict: 'upstream_error',
    message: 'It broke',
    upstreamId: null,
    upstreamBody: '{"error":{}}',
    requestBody: null,
    ...rest,
  };
}
