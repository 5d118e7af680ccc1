import type { Cipher } from '../secrets/cipher';
import {
  booleanColumn,
  bytesColumn,
  numberColumn,
  numberOrNull,
  textColumn,
  textOrNull,
  whole,
  wholeOrNull,
} from '../database/columns';
import { cutText } from '../database/cut-text';
import type { SqlRow, SqlValue } from '../database/database';
import type { ApiKeyRow, KeyState } from '../rows';

const STATE_COLUMNS = [
  'isDisabled',
  'disabledBy',
  'reason',
  'failures',
  'cooldownUntil',
  'modelCooldowns',
  'requestCount',
  'errorCount',
  'lastUsedAt',
  'lastErrorAt',
  'lastErrorStatus',
] as const;

export const KEY_COLUMNS = [
  'id',
  'providerId',
  'sealedValue',
  'lookup',
  'hint',
  'source',
  'weight',
  'note',
  'egressId',
  ...STATE_COLUMNS,
  'createdAt',
  'updatedAt',
  'version',
] as const;

const REASON_MAX = 1_000;
export const NOTE_MAX = 1_000;

/** State of a key that was never used. */
export const FRESH_STATE: KeyState = {
  isDisabled: false,
  disabledBy: null,
  reason: null,
  failures: 0,
  cooldownUntil: null,
  modelCooldowns: {},
  requestCount: 0,
  errorCount: 0,
  lastUsedAt: null,
  lastErrorAt: null,
  lastErrorStatus: null,
};

/** Values for STATE_COLUMNS. */
function stateValues(state: KeyState): SqlValue[] {
  return [
    state.isDisabled ? 1 : 0,
    state.disabledBy,
    cutReason(state.reason),
    whole(state.failures),
    wholeOrNull(state.cooldownUntil),
    JSON.stringify(state.modelCooldowns),
    whole(state.requestCount),
    whole(state.errorCount),
    wholeOrNull(state.lastUsedAt),
    wholeOrNull(state.lastErrorAt),
    wholeOrNull(state.lastErrorStatus),
  ];
}

/** Values for KEY_COLUMNS. */
export function keyValues(row: ApiKeyRow, cipher: Cipher, lookup: Buffer): SqlValue[] {
  return [
    row.id,
    row.providerId,
    cipher.seal(row.value, sealContext(row.id)),
    lookup,
    row.hint,
    row.source,
    row.weight,
    cutText(row.note, NOTE_MAX),
    row.egressId,
    ...stateValues(row),
    row.createdAt,
    row.updatedAt,
    row.version,
  ];
}

/** Throws `decrypt_failed`. */
export function readKey(row: SqlRow, cipher: Cipher): ApiKeyRow {
  const id = textColumn(row, 'id');
  const disabledBy = textOrNull(row, 'disabledBy');
  return {
    id,
    providerId: textColumn(row, 'providerId'),
    value: cipher.open(bytesColumn(row, 'sealedValue'), sealContext(id)),
    hint: textColumn(row, 'hint'),
    source: textColumn(row, 'source') === 'environment' ? 'environment' : 'dashboard',
    weight: numberColumn(row, 'weight'),
    note: textColumn(row, 'note'),
    egressId: textOrNull(row, 'egressId'),
    isDisabled: booleanColumn(row, 'isDisabled'),
    disabledBy: disabledBy === 'auto' || disabledBy === 'manual' ? disabledBy : null,
    reason: textOrNull(row, 'reason'),
    failures: numberColumn(row, 'failures'),
    cooldownUntil: numberOrNull(row, 'cooldownUntil'),
    modelCooldowns: readCooldowns(textColumn(row, 'modelCooldowns')),
    requestCount: numberColumn(row, 'requestCount'),
    errorCount: numberColumn(row, 'errorCount'),
    lastUsedAt: numberOrNull(row, 'lastUsedAt'),
    lastErrorAt: numberOrNull(row, 'lastErrorAt'),
    lastErrorStatus: numberOrNull(row, 'lastErrorStatus'),
    createdAt: numberColumn(row, 'createdAt'),
    updatedAt: numberColumn(row, 'updatedAt'),
    version: numberColumn(row, 'version'),
  };
}

export function cutReason(reason: string | null): string | null {
  return reason === null ? null : cutText(reason, REASON_MAX);
}

// The store writes this column itself; `{}` is by far the most common.
function readCooldowns(json: string): Record<string, number> {
  return json === '{}' ? {} : (JSON.parse(json) as Record<string, number>);
}

export function sealContext(id: string): string {
  return `key:${id}`;
}
