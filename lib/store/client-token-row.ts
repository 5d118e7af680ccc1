import {
  flag,
  integer,
  maybeInteger,
  maybeObject,
  text,
  textUpTo,
  type Column,
  type RowOf,
} from './database/column-kinds';
import { bytesColumn } from './database/columns';
import type { SqlRow, SqlValue } from './database/database';
import type { Cipher } from './secrets/cipher';

const NAME_MAX = 191;
export const TOKEN_NOTE_MAX = 1_000;

export type BudgetUnit = 'usd' | 'tokens' | 'requests';
export type BudgetPeriod = 'day' | 'week' | 'month' | 'total';

/** What a client token may do. What is absent is not limited. */
export interface StoredTokenRules {
  /** With `*` for any text; these alone. */
  readonly models?: readonly string[] | undefined;
  /** Slugs. */
  readonly providers?: readonly string[] | undefined;
  /** Addresses and networks. */
  readonly allowedIps?: readonly string[] | undefined;
  readonly limits?:
    | {
        readonly requestsPerMinute?: number | undefined;
        readonly tokensPerMinute?: number | undefined;
        readonly concurrency?: number | undefined;
      }
    | undefined;
  readonly budget?:
    { readonly amount: number; readonly unit: BudgetUnit; readonly period: BudgetPeriod } | undefined;
  readonly priority?: number | undefined;
}

/** What a person sets. */
const SET = {
  name: textUpTo(NAME_MAX),
  isEnabled: flag,
  expiresAt: maybeInteger,
  rules: maybeObject<StoredTokenRules>(),
  note: textUpTo(TOKEN_NOTE_MAX),
};

/** What was spent in the period of that name (`spent-period.ts`); '' while there is no budget. */
const SPENT = {
  spentPeriod: text,
  /** Billionths of a US dollar. */
  spentNano: integer,
  spentTokens: integer,
  spentRequests: integer,
};

const COUNTED = { requestCount: integer, lastUsedAt: maybeInteger, ...SPENT };

const PLAIN = {
  id: text,
  hint: text,
  ...SET,
  ...COUNTED,
  createdAt: integer,
  /** Starts at 1; one more with each edit by a person. */
  version: integer,
};

export type ClientTokenSettings = RowOf<typeof SET>;
export type SpentOfToken = RowOf<typeof SPENT>;
export interface ClientTokenRow extends RowOf<typeof PLAIN> {
  /** The token itself, decrypted. */
  readonly value: string;
}
export interface ClientTokenCounts extends RowOf<typeof COUNTED> {
  readonly id: string;
}

/** A token without rules. */
export const NO_TOKEN_RULES: Omit<ClientTokenSettings, 'name'> = {
  isEnabled: true,
  expiresAt: null,
  rules: null,
  note: '',
};

export const NEVER_USED: Omit<ClientTokenCounts, 'id'> = {
  requestCount: 0,
  lastUsedAt: null,
  spentPeriod: '',
  spentNano: 0,
  spentTokens: 0,
  spentRequests: 0,
};

const plainColumns: Columns = Object.entries(PLAIN);
const countColumns: Columns = Object.entries({ id: text, ...COUNTED });

type Columns = readonly (readonly [string, Column<unknown>])[];

export const TOKEN_COLUMNS: readonly string[] = ['sealedValue', ...Object.keys(PLAIN)];
export const TOKEN_COUNT_COLUMNS: readonly string[] = ['id', ...Object.keys(COUNTED)];

/** In the order of the columns. */
export function tokenValues(row: ClientTokenRow, cipher: Cipher): SqlValue[] {
  return [cipher.seal(row.value, sealContext(row.id)), ...Object.values(tokenColumns(row))];
}

/** The columns that a patch speaks of, with the values to write. */
export function tokenColumns(patch: Partial<RowOf<typeof PLAIN>>): Record<string, SqlValue> {
  const values: Readonly<Record<string, unknown>> = { ...patch };
  return Object.fromEntries(
    plainColumns.flatMap(([name, column]) =>
      values[name] === undefined ? [] : [[name, column.write(values[name])] as const],
    ),
  );
}

/** Throws `decrypt_failed`. */
export function readToken(row: SqlRow, cipher: Cipher): ClientTokenRow {
  const plain = readAs<RowOf<typeof PLAIN>>(row, plainColumns);
  return { ...plain, value: cipher.open(bytesColumn(row, 'sealedValue'), sealContext(plain.id)) };
}

export function readTokenCounts(row: SqlRow): ClientTokenCounts {
  return readAs<ClientTokenCounts>(row, countColumns);
}

function readAs<Row>(row: SqlRow, columns: Columns): Row {
  return Object.fromEntries(columns.map(([name, column]) => [name, column.read(row, name)])) as Row;
}

export const sealContext = (id: string): string => `client-token:${id}`;
