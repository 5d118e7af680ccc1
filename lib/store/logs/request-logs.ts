import {
  booleanColumn,
  numberColumn,
  numberOrNull,
  textColumn,
  textOrNull,
  whole,
  wholeOrNull,
} from '../database/columns';
import { cutText } from '../database/cut-text';
import { SMALL_ROWS_MAX } from '../database/database';
import type { Database, SqlRow, SqlValue } from '../database/database';
import { createLogTable } from './log-table';
import { RESULT_CONDITIONS } from './request-class';
import type { LogTable } from './log-table';
import type { Slices } from '../database/slices';
import { MODEL_MAX } from '../rows';
import type { RequestLogRow } from '../rows';

/** As it stands in a list. */
export type ListedRequestLogRow = Omit<RequestLogRow, 'attempts'>;

export type RequestLogStore = LogTable<RequestLogRow, ListedRequestLogRow>;

const LISTED = [
  'id',
  'at',
  'requestId',
  'method',
  'endpoint',
  'model',
  'isStream',
  'provider',
  'keyId',
  'keyHint',
  'egressId',
  'token',
  'status',
  'outcome',
  'errorCode',
  'errorMessage',
  'attemptCount',
  'ttfbMs',
  'durationMs',
  'promptTokens',
  'cachedTokens',
  'completionTokens',
  'reasoningTokens',
  'costNano',
  'requestBytes',
  'responseBytes',
  'upstreamId',
  'modelAsked',
  'route',
] as const satisfies readonly (keyof ListedRequestLogRow)[];

export const REQUEST_LOG_COLUMNS = [...LISTED, 'attempts'] as const;

export function createRequestLogStore(
  database: Database,
  slices: Slices,
  readSlices = slices,
): RequestLogStore {
  return createLogTable(
    database,
    { slices, readSlices },
    {
      table: 'RequestLog',
      columns: REQUEST_LOG_COLUMNS,
      listed: LISTED,
      batchMax: SMALL_ROWS_MAX,
      searched: [
        ...[
          'requestId',
          'upstreamId',
          'model',
          'modelAsked',
          'route',
          'endpoint',
          'keyHint',
          'token',
          'outcome',
          'errorCode',
          'errorMessage',
        ],
      ],
      outcomeColumn: 'outcome',
      modelColumns: ['model', 'modelAsked'],
      idLagMs: 0,
      succeeded: RESULT_CONDITIONS.succeeded,
      failed: RESULT_CONDITIONS.failed,
      write,
      read: readRequestLog,
      readListed,
    },
  );
}

/** Columns with text from outside are cut: MySQL refuses a whole batch for one value that is too long. */
function write(row: RequestLogRow): SqlValue[] {
  return [
    row.id,
    row.at,
    cutText(row.requestId, 191),
    cutText(row.method, 16),
    cutText(row.endpoint, 500),
    row.model && cutText(row.model, MODEL_MAX),
    row.isStream ? 1 : 0,
    row.provider && cutText(row.provider, 64),
    row.keyId,
    row.keyHint && cutText(row.keyHint, 64),
    row.egressId && cutText(row.egressId, 64),
    row.token && cutText(row.token, 64),
    whole(row.status),
    cutText(row.outcome, 64),
    row.errorCode && cutText(row.errorCode, 191),
    row.errorMessage && cutText(row.errorMessage, 2_000),
    whole(row.attemptCount),
    wholeOrNull(row.ttfbMs),
    whole(row.durationMs),
    wholeOrNull(row.promptTokens),
    wholeOrNull(row.cachedTokens),
    wholeOrNull(row.completionTokens),
    wholeOrNull(row.reasoningTokens),
    wholeOrNull(row.costNano),
    whole(row.requestBytes),
    whole(row.responseBytes),
    row.upstreamId && cutText(row.upstreamId, 191),
    row.modelAsked && cutText(row.modelAsked, MODEL_MAX),
    row.route && cutText(row.route, MODEL_MAX),
    row.attempts,
  ];
}

export function readRequestLog(row: SqlRow): RequestLogRow {
  return { ...readListed(row), attempts: textColumn(row, 'attempts') };
}

function readListed(row: SqlRow): ListedRequestLogRow {
  return {
    id: textColumn(row, 'id'),
    at: numberColumn(row, 'at'),
    requestId: textColumn(row, 'requestId'),
    method: textColumn(row, 'method'),
    endpoint: textColumn(row, 'endpoint'),
    model: textOrNull(row, 'model'),
    isStream: booleanColumn(row, 'isStream'),
    provider: textOrNull(row, 'provider'),
    keyId: textOrNull(row, 'keyId'),
    keyHint: textOrNull(row, 'keyHint'),
    egressId: textOrNull(row, 'egressId'),
    token: textOrNull(row, 'token'),
    status: numberColumn(row, 'status'),
    outcome: textColumn(row, 'outcome'),
    errorCode: textOrNull(row, 'errorCode'),
    errorMessage: textOrNull(row, 'errorMessage'),
    attemptCount: numberColumn(row, 'attemptCount'),
    ttfbMs: numberOrNull(row, 'ttfbMs'),
    durationMs: numberColumn(row, 'durationMs'),
    promptTokens: numberOrNull(row, 'promptTokens'),
    cachedTokens: numberOrNull(row, 'cachedTokens'),
    completionTokens: numberOrNull(row, 'completionTokens'),
    reasoningTokens: numberOrNull(row, 'reasoningTokens'),
    costNano: numberOrNull(row, 'costNano'),
    requestBytes: numberColumn(row, 'requestBytes'),
    responseBytes: numberColumn(row, 'responseBytes'),
    upstreamId: textOrNull(row, 'upstreamId'),
    modelAsked: textOrNull(row, 'modelAsked'),
    route: textOrNull(row, 'route'),
  };
}
