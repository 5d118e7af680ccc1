import { numberColumn, numberOrNull, textColumn, textOrNull, wholeOrNull } from '../database/columns';
import { cutBytes, cutText } from '../database/cut-text';
import { EACH_MAX } from '../database/database';
import type { Database, SqlRow, SqlValue } from '../database/database';
import { timePartOf } from './log-id';
import { createLogTable } from './log-table';
import { FAILED_ATTEMPT } from './request-class';
import type { LogTable } from './log-table';
import type { Slices } from '../database/slices';
import { MODEL_MAX } from '../rows';
import type { ErrorLogRow } from '../rows';

/** As it stands in a list. */
export type ListedErrorLogRow = Omit<ErrorLogRow, (typeof BODIES)[number]>;

export interface ErrorLogStore extends LogTable<ErrorLogRow, ListedErrorLogRow> {
  /** What went wrong with one request, in order. */
  ofRequest(requestLogId: string): Promise<ErrorLogRow[]>;
}

/**
 * An error is sorted by the start of its request, and comes at most this much later; a stream may be longer, and is an
 * exception.
 */
const ID_LAG_MS = 3_600_000;
const ERRORS_OF_REQUEST_MAX = 200;
const UPSTREAM_BODY_BYTES = 16 * 1024;
export const REQUEST_BODY_BYTES = 64 * 1024;

const BODIES = ['upstreamBody', 'requestBody'] as const;

const LISTED = [
  'id',
  'at',
  'requestId',
  'requestLogId',
  'provider',
  'keyId',
  'keyHint',
  'egressId',
  'model',
  'endpoint',
  'status',
  'verdict',
  'message',
  'upstreamId',
] as const satisfies readonly (keyof ListedErrorLogRow)[];

const COLUMNS = [...LISTED, ...BODIES] as const;

export function createErrorLogStore(database: Database, slices: Slices, readSlices = slices): ErrorLogStore {
  const table = createLogTable(
    database,
    { slices, readSlices },
    {
      table: 'ErrorLog',
      columns: COLUMNS,
      listed: LISTED,
      batchMax: EACH_MAX,
      searched: [
        'requestId',
        'upstreamId',
        'model',
        'endpoint',
        'keyHint',
        'verdict',
        'message',
        'upstreamBody',
      ],
      outcomeColumn: 'verdict',
      modelColumns: ['model'],
      idLagMs: ID_LAG_MS,
      succeeded: '1 = 0',
      failed: FAILED_ATTEMPT,
      write,
      read,
      readListed,
    },
  );
  // The ids of a request and of its errors begin with the same time, so few rows lie between these bounds.
  const ofRequest = `SELECT ${COLUMNS.join(', ')} FROM ErrorLog
    WHERE id >= ? AND id < ? AND requestLogId = ? ORDER BY id LIMIT ${ERRORS_OF_REQUEST_MAX}`;
  return {
    ...table,
    async ofRequest(requestLogId) {
      const time = timePartOf(requestLogId);
      return (await database.query(ofRequest, [time, `${time}~`, requestLogId])).map(read);
    },
  };
}

/** The row with its bodies cut to what is kept: 16 KB of the answer, 64 KB of the request. */
export function cutBodies(row: ErrorLogRow): ErrorLogRow {
  return {
    ...row,
    upstreamBody: row.upstreamBody && cutBytes(row.upstreamBody, UPSTREAM_BODY_BYTES),
    requestBody: row.requestBody && cutBytes(row.requestBody, REQUEST_BODY_BYTES),
  };
}

/** Columns with text from outside are cut: MySQL refuses a whole batch for one value that is too long. */
function write(row: ErrorLogRow): SqlValue[] {
  const { upstreamBody, requestBody } = cutBodies(row);
  return [
    row.id,
    row.at,
    cutText(row.requestId, 191),
    row.requestLogId,
    row.provider && cutText(row.provider, 64),
    row.keyId,
    row.keyHint && cutText(row.keyHint, 64),
    row.egressId && cutText(row.egressId, 64),
    row.model && cutText(row.model, MODEL_MAX),
    cutText(row.endpoint, 500),
    wholeOrNull(row.status),
    cutText(row.verdict, 64),
    cutText(row.message, 2_000),
    row.upstreamId && cutText(row.upstreamId, 191),
    upstreamBody,
    requestBody,
  ];
}

function read(row: SqlRow): ErrorLogRow {
  return {
    ...readListed(row),
    upstreamBody: textOrNull(row, 'upstreamBody'),
    requestBody: textOrNull(row, 'requestBody'),
  };
}

function readListed(row: SqlRow): ListedErrorLogRow {
  return {
    id: textColumn(row, 'id'),
    at: numberColumn(row, 'at'),
    requestId: textColumn(row, 'requestId'),
    requestLogId: textColumn(row, 'requestLogId'),
    provider: textOrNull(row, 'provider'),
    keyId: textOrNull(row, 'keyId'),
    keyHint: textOrNull(row, 'keyHint'),
    egressId: textOrNull(row, 'egressId'),
    model: textOrNull(row, 'model'),
    endpoint: textColumn(row, 'endpoint'),
    status: numberOrNull(row, 'status'),
    verdict: textColumn(row, 'verdict'),
    message: textColumn(row, 'message'),
    upstreamId: textOrNull(row, 'upstreamId'),
  };
}
