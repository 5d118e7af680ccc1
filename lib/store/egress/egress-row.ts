import {
  booleanColumn,
  bytesColumn,
  numberColumn,
  numberOrNull,
  textColumn,
  textOrNull,
  wholeOrNull,
} from '../database/columns';
import { cutText } from '../database/cut-text';
import type { SqlRow, SqlValue } from '../database/database';
import { newRowId } from '../database/row-id';
import { NOTE_MAX, cutReason } from '../keys/key-row';
import type { ConfigSource } from '../config-source';
import type { EgressRow, EgressStateColumns } from '../rows';
import type { Cipher } from '../secrets/cipher';

export interface NewEgress {
  /** With user and password, in the form in which addresses are compared. */
  readonly url: string;
  /** The address without the password. */
  readonly hint: string;
  readonly source: ConfigSource;
  readonly isShared: boolean;
  readonly note?: string;
}

const STATE = [
  'isDisabled',
  'disabledBy',
  'reason',
  'failures',
  'checkedAt',
  'checkLatencyMs',
  'checkStatus',
  'checkError',
  'epoch',
] as const;
export const COLUMNS = [
  'id',
  'sealedUrl',
  'lookup',
  'hint',
  'source',
  'isShared',
  'note',
  ...STATE,
  'createdAt',
  'updatedAt',
  'version',
] as const;

const UNTRIED: EgressStateColumns = {
  isDisabled: false,
  disabledBy: null,
  reason: null,
  failures: 0,
  checkedAt: null,
  checkLatencyMs: null,
  checkStatus: null,
  checkError: null,
  epoch: 0,
};

export function newEgressRow(proxy: NewEgress, at: number, place: number): EgressRow {
  return {
    ...UNTRIED,
    ...proxy,
    id: newRowId(at, place),
    note: proxy.note ?? '',
    createdAt: at,
    updatedAt: at,
    version: 1,
  };
}

export function egressValues(row: EgressRow, cipher: Cipher): SqlValue[] {
  return [
    row.id,
    cipher.seal(row.url, sealContext(row.id)),
    cipher.lookup(row.url),
    row.hint,
    row.source,
    row.isShared ? 1 : 0,
    cutText(row.note, NOTE_MAX),
    ...stateValues(row),
    row.createdAt,
    row.updatedAt,
    row.version,
  ];
}

function stateValues(state: EgressStateColumns): SqlValue[] {
  return [
    state.isDisabled ? 1 : 0,
    state.disabledBy,
    cutReason(state.reason),
    state.failures,
    wholeOrNull(state.checkedAt),
    wholeOrNull(state.checkLatencyMs),
    wholeOrNull(state.checkStatus),
    cutReason(state.checkError),
    state.epoch,
  ];
}

/** Throws `decrypt_failed`. */
export function openUrl(row: SqlRow, cipher: Cipher): string {
  return cipher.open(bytesColumn(row, 'sealedUrl'), sealContext(textColumn(row, 'id')));
}

export function disabledByOf(row: SqlRow): EgressRow['disabledBy'] {
  const disabledBy = textOrNull(row, 'disabledBy');
  return disabledBy === 'auto' || disabledBy === 'manual' ? disabledBy : null;
}

export function readEgress(row: SqlRow, url: string): EgressRow {
  return {
    id: textColumn(row, 'id'),
    url,
    hint: textColumn(row, 'hint'),
    source: textColumn(row, 'source') === 'environment' ? 'environment' : 'dashboard',
    isShared: booleanColumn(row, 'isShared'),
    note: textColumn(row, 'note'),
    isDisabled: booleanColumn(row, 'isDisabled'),
    disabledBy: disabledByOf(row),
    reason: textOrNull(row, 'reason'),
    failures: numberColumn(row, 'failures'),
    checkedAt: numberOrNull(row, 'checkedAt'),
    checkLatencyMs: numberOrNull(row, 'checkLatencyMs'),
    checkStatus: numberOrNull(row, 'checkStatus'),
    checkError: textOrNull(row, 'checkError'),
    epoch: numberColumn(row, 'epoch'),
    createdAt: numberColumn(row, 'createdAt'),
    updatedAt: numberColumn(row, 'updatedAt'),
    version: numberColumn(row, 'version'),
  };
}

export const sealContext = (id: string): string => `egress:${id}`;
