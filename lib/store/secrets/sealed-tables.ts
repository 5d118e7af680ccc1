import { sealContext as clientTokenContext } from '../client-token-row';
import { sealContext as egressContext } from '../egress/egress-row';
import { sealContext as keyContext } from '../keys/key-row';
import { headersContext, modelKeyContext, queryContext } from '../provider-row';
import { sealContext as settingContext, SEALED as SEALED_OF_SETTINGS } from '../settings';

export interface SealedColumn {
  readonly name: string;
  /** What its text is bound to, by the id of the row. */
  readonly context: (id: string) => string;
}

/** A table that holds sealed texts. */
export interface SealedTable {
  readonly table: string;
  /** Its primary key. */
  readonly id: string;
  readonly sealed: readonly SealedColumn[];
  /** The sealed column whose text the column `lookup` is the HMAC of. */
  readonly lookupOf?: string;
  /** A condition of rows that hold a secret; all do unless given. */
  readonly where?: string;
}

/**
 * Everything that is sealed, each table after those that it refers to. A test finds a sealed column that is missing
 * here.
 */
export const SEALED_TABLES: readonly SealedTable[] = [
  {
    table: 'Provider',
    id: 'id',
    sealed: [
      { name: 'modelRequestKey', context: modelKeyContext },
      { name: 'customHeaders', context: headersContext },
      { name: 'query', context: queryContext },
    ],
  },
  {
    table: 'ApiKey',
    id: 'id',
    sealed: [{ name: 'sealedValue', context: keyContext }],
    lookupOf: 'sealedValue',
    // Of a key that is gone for good only a mark is left, which nobody can make anew.
    where: '(deletedAt IS NULL OR deletionId IS NOT NULL)',
  },
  {
    table: 'EgressProxy',
    id: 'id',
    sealed: [{ name: 'sealedUrl', context: egressContext }],
    lookupOf: 'sealedUrl',
  },
  {
    table: 'Setting',
    id: 'name',
    sealed: SEALED_OF_SETTINGS.map((name) => ({ name, context: (id) => settingContext(id, name) })),
  },
  { table: 'ClientToken', id: 'id', sealed: [{ name: 'sealedValue', context: clientTokenContext }] },
];
