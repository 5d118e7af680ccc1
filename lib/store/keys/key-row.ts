import type { Limits } from '../../balancer/limits/limits';
import { readSavedAccount } from '../../balancer/limits/saved-account';
import {
  flag,
  fraction,
  integer,
  maybeInteger,
  maybeObject,
  maybeText,
  maybeTextUpTo,
  object,
  oneOf,
  repeatedText,
  text,
  textList,
  textUpTo,
  type Column,
  type RowOf,
} from '../database/column-kinds';
import { bytesColumn, textOrNull } from '../database/columns';
import { cutText } from '../database/cut-text';
import type { SqlRow, SqlValue } from '../database/database';
import type { ConfigSource } from '../config-source';
import type { Cipher } from '../secrets/cipher';

const REASON_MAX = 1_000;
export const NOTE_MAX = 1_000;
const ACCOUNT_MAX = 191;

/** Live state of a key that has to outlive a restart. */
const STATE = {
  isDisabled: flag,
  disabledBy: oneOf<'auto' | 'manual', null>(['auto', 'manual'], null),
  reason: maybeTextUpTo(REASON_MAX),
  /** Consecutive failures. */
  failures: integer,
  /** How often a person has switched it. */
  epoch: integer,
  cooldownUntil: maybeInteger,
  /** Model -> end of its cooldown. */
  modelCooldowns: object<Readonly<Record<string, number>>>(),
  requestCount: integer,
  errorCount: integer,
  lastUsedAt: maybeInteger,
  lastErrorAt: maybeInteger,
  /** HTTP status of the last error; null when there was no answer. */
  lastErrorStatus: maybeInteger,
  /** What it used of its limits; text of the balancer's own. */
  uses: maybeText,
};

/** What a person sets. */
const SET = {
  /** Share of traffic under the `weighted` policy; 1 unless set. */
  weight: fraction,
  note: textUpTo(NOTE_MAX),
  /** Id of the one egress proxy that it goes through, if it is pinned. */
  egressId: maybeText,
  /** What it may use; where they say nothing, those of its provider do. */
  limits: maybeObject<Limits>(),
  /** Keys of the same account share its limits. */
  account: maybeTextUpTo(ACCOUNT_MAX),
  tags: textList,
};

const PLAIN = {
  id: text,
  providerId: repeatedText,
  /** What may be shown: `sk-abc...wxyz`. */
  hint: text,
  source: oneOf<ConfigSource, 'dashboard'>(['environment', 'dashboard'], 'dashboard'),
  ...SET,
  ...STATE,
  createdAt: integer,
  updatedAt: integer,
  /** Starts at 1; one more with each edit by a person. */
  version: integer,
};

export type KeyState = RowOf<typeof STATE>;
export interface ApiKeyRow extends RowOf<typeof PLAIN> {
  /** The secret itself, decrypted. */
  readonly value: string;
}

/** State of a key that was never used. */
export const FRESH_STATE: KeyState = {
  isDisabled: false,
  disabledBy: null,
  reason: null,
  failures: 0,
  epoch: 0,
  cooldownUntil: null,
  modelCooldowns: {},
  requestCount: 0,
  errorCount: 0,
  lastUsedAt: null,
  lastErrorAt: null,
  lastErrorStatus: null,
  uses: null,
};

/** What a new key has until a person sets it. */
export const UNSET: RowOf<typeof SET> = {
  weight: 1,
  note: '',
  egressId: null,
  limits: null,
  account: null,
  tags: [],
};

/**
 * The same row. All that come from here have one shape in memory; what V8 makes of a spread of so many fields has a
 * shape of its own each, which takes more than the row.
 */
export function shapedKey(row: ApiKeyRow): ApiKeyRow {
  return {
    id: row.id,
    providerId: row.providerId,
    value: row.value,
    hint: row.hint,
    source: row.source,
    weight: row.weight,
    note: row.note,
    egressId: row.egressId,
    limits: row.limits,
    account: row.account,
    tags: row.tags,
    isDisabled: row.isDisabled,
    disabledBy: row.disabledBy,
    reason: row.reason,
    failures: row.failures,
    epoch: row.epoch,
    cooldownUntil: row.cooldownUntil,
    modelCooldowns: row.modelCooldowns,
    requestCount: row.requestCount,
    errorCount: row.errorCount,
    lastUsedAt: row.lastUsedAt,
    lastErrorAt: row.lastErrorAt,
    lastErrorStatus: row.lastErrorStatus,
    uses: row.uses,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    version: row.version,
  };
}

const plainColumns: readonly (readonly [string, Column<unknown>])[] = Object.entries(PLAIN);

/** Of a whole row, in the order of `keyValues`. */
export const KEY_COLUMNS: readonly string[] = ['sealedValue', 'lookup', ...Object.keys(PLAIN)];

export function keyValues(row: ApiKeyRow, cipher: Cipher, lookup: Buffer): SqlValue[] {
  const plain = patchColumns(row);
  return [cipher.seal(row.value, sealContext(row.id)), lookup, ...Object.values(plain)];
}

/** The columns that a patch speaks of, with the values to write. */
export function patchColumns(patch: Partial<RowOf<typeof PLAIN>>): Record<string, SqlValue> {
  const values: Readonly<Record<string, unknown>> = { ...patch };
  return Object.fromEntries(
    plainColumns.flatMap(([name, column]) =>
      values[name] === undefined ? [] : [[name, column.write(values[name])] as const],
    ),
  );
}

/** Whether a key is in the rotation, and how often a person has decided about that. */
export type SaidOfKey = Pick<ApiKeyRow, (typeof SAID_COLUMNS)[number]>;
export const SAID_COLUMNS = ['id', 'epoch', 'isDisabled', 'disabledBy', 'reason'] as const;

export function readSaid(row: SqlRow): SaidOfKey {
  const { id, epoch, isDisabled, disabledBy, reason } = PLAIN;
  return {
    id: id.read(row, 'id'),
    epoch: epoch.read(row, 'epoch'),
    isDisabled: isDisabled.read(row, 'isDisabled'),
    disabledBy: disabledBy.read(row, 'disabledBy'),
    reason: reason.read(row, 'reason'),
  };
}

/** What the program finds out about a key and others have to know. */
export type FoundOfKey = SaidOfKey & Pick<ApiKeyRow, (typeof FOUND_COLUMNS)[number]>;
export const FOUND_COLUMNS = [
  ...SAID_COLUMNS,
  'failures',
  'cooldownUntil',
  'modelCooldowns',
  'updatedAt',
] as const;

export function readFound(row: SqlRow): FoundOfKey {
  const { failures, cooldownUntil, modelCooldowns, updatedAt } = PLAIN;
  return {
    ...readSaid(row),
    failures: failures.read(row, 'failures'),
    cooldownUntil: cooldownUntil.read(row, 'cooldownUntil'),
    modelCooldowns: modelCooldowns.read(row, 'modelCooldowns'),
    updatedAt: updatedAt.read(row, 'updatedAt'),
  };
}

/** What all processes together have counted of a key, and written. */
export type CountsOfKey = Pick<ApiKeyRow, (typeof COUNT_COLUMNS)[number]>;
export const COUNT_COLUMNS = [
  'id',
  'requestCount',
  'errorCount',
  'lastUsedAt',
  'lastErrorAt',
  'lastErrorStatus',
] as const;

export function readCounts(row: SqlRow): CountsOfKey {
  const { id, requestCount, errorCount, lastUsedAt, lastErrorAt, lastErrorStatus } = PLAIN;
  return {
    id: id.read(row, 'id'),
    requestCount: requestCount.read(row, 'requestCount'),
    errorCount: errorCount.read(row, 'errorCount'),
    lastUsedAt: lastUsedAt.read(row, 'lastUsedAt'),
    lastErrorAt: lastErrorAt.read(row, 'lastErrorAt'),
    lastErrorStatus: lastErrorStatus.read(row, 'lastErrorStatus'),
  };
}

/** The tags of a row, and its version. */
export function readTagged(row: SqlRow): Pick<ApiKeyRow, 'tags' | 'version'> {
  return { tags: PLAIN.tags.read(row, 'tags'), version: PLAIN.version.read(row, 'version') };
}

/** Throws `decrypt_failed`. */
export function readKey(row: SqlRow, cipher: Cipher): ApiKeyRow {
  const read: Record<string, unknown> = {};
  for (const [name, column] of plainColumns) read[name] = column.read(row, name);
  const plain = read as RowOf<typeof PLAIN>;
  return shapedKey({ ...plain, value: cipher.open(bytesColumn(row, 'sealedValue'), sealContext(plain.id)) });
}

/** The account that a person has set, or else the one that answers to the key have named. */
export function accountOf(row: SqlRow): string | null {
  const uses = textOrNull(row, 'uses');
  const named = uses === null ? undefined : readSavedAccount(uses)?.name;
  return textOrNull(row, 'account') ?? (named === undefined ? null : cutText(named, ACCOUNT_MAX));
}

export function cutReason(reason: string | null): string | null {
  return reason === null ? null : cutText(reason, REASON_MAX);
}

export function sealContext(id: string): string {
  return `key:${id}`;
}
