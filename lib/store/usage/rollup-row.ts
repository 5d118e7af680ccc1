import { numberColumn, numberOrNull, textColumn, whole, wholeOrNull } from '../database/columns';
import { cutText } from '../database/cut-text';
import type { SqlRow, SqlValue } from '../database/database';
import { LATENCY_BOUNDS_MS } from './latency';
import { NO_USAGE } from './no-usage';
import { MODEL_MAX } from '../rows';
import type { Resolution, UsageCounts, UsageDelta, UsageRollup } from '../rows';

export const BUCKET_COLUMNS = [
  'resolution',
  'bucketStart',
  'provider',
  'keyId',
  'model',
  'statusClass',
  'token',
] as const;

const TOKEN_MAX = 64;

const LATENCY_COLUMNS = [...LATENCY_BOUNDS_MS.map((bound) => `latency${bound}`), 'latencyMore'];

const SUM_COLUMNS = [
  'requests',
  'attempts',
  'failedAttempts',
  'promptTokens',
  'cachedTokens',
  'completionTokens',
  'costNano',
  'unpriced',
  'durationMsSum',
  'ttfbMsSum',
  'ttfbCount',
] as const satisfies readonly (keyof UsageCounts)[];

/** What is added up. */
export const COUNT_COLUMNS = [...SUM_COLUMNS, ...LATENCY_COLUMNS];
/** What the least and the most is taken of; NULL, which is unknown, stays unknown. */
export const LEAST_COLUMNS = ['latencyMinMs'] as const;
export const MOST_COLUMNS = ['latencyMaxMs'] as const;

/** What is added up; NULL, which is unknown, stays unknown. */
export const LATER_COLUMNS = ['rescued'] as const satisfies readonly (keyof UsageCounts)[];

export const ROLLUP_COLUMNS = [
  ...BUCKET_COLUMNS,
  ...COUNT_COLUMNS,
  ...LEAST_COLUMNS,
  ...MOST_COLUMNS,
  ...LATER_COLUMNS,
];

/** Values for ROLLUP_COLUMNS. */
export function rollupValues(delta: UsageDelta): SqlValue[] {
  return [
    ...bucketValues(delta),
    ...SUM_COLUMNS.map((column) => whole(delta[column])),
    ...LATENCY_COLUMNS.map((_, index) => whole(delta.latency[index] ?? 0)),
    wholeOrNull(delta.latencyMinMs),
    wholeOrNull(delta.latencyMaxMs),
    wholeOrNull(delta.rescued),
  ];
}

/** Values for BUCKET_COLUMNS. */
export function bucketValues(delta: UsageDelta): SqlValue[] {
  return [
    delta.resolution,
    delta.bucketStart,
    cutText(delta.provider, 64),
    delta.keyId,
    cutText(delta.model, MODEL_MAX),
    delta.statusClass,
    cutText(delta.token, TOKEN_MAX),
  ];
}

export function readRollup(row: SqlRow): UsageRollup {
  return {
    resolution: textColumn(row, 'resolution') as Resolution,
    bucketStart: numberColumn(row, 'bucketStart'),
    provider: textColumn(row, 'provider'),
    keyId: textColumn(row, 'keyId'),
    model: textColumn(row, 'model'),
    statusClass: textColumn(row, 'statusClass'),
    token: textColumn(row, 'token'),
    requests: numberColumn(row, 'requests'),
    attempts: numberColumn(row, 'attempts'),
    failedAttempts: numberColumn(row, 'failedAttempts'),
    promptTokens: numberColumn(row, 'promptTokens'),
    cachedTokens: numberColumn(row, 'cachedTokens'),
    completionTokens: numberColumn(row, 'completionTokens'),
    costNano: numberColumn(row, 'costNano'),
    unpriced: numberColumn(row, 'unpriced'),
    durationMsSum: numberColumn(row, 'durationMsSum'),
    ttfbMsSum: numberColumn(row, 'ttfbMsSum'),
    ttfbCount: numberColumn(row, 'ttfbCount'),
    latency: LATENCY_COLUMNS.map((column) => numberColumn(row, column)),
    latencyMinMs: numberOrNull(row, 'latencyMinMs'),
    latencyMaxMs: numberOrNull(row, 'latencyMaxMs'),
    rescued: numberOrNull(row, 'rescued'),
  };
}

/** Of a row that counts requests and attempts only. */
export function readRequests(row: SqlRow, resolution: Resolution): UsageRollup {
  return {
    ...NO_USAGE,
    resolution,
    bucketStart: numberColumn(row, 'bucketStart'),
    provider: textColumn(row, 'provider'),
    keyId: textColumn(row, 'keyId'),
    model: textColumn(row, 'model'),
    statusClass: textColumn(row, 'statusClass'),
    token: textColumn(row, 'token'),
    requests: numberColumn(row, 'requests'),
    attempts: numberColumn(row, 'attempts'),
    latencyMinMs: null,
    latencyMaxMs: null,
  };
}
