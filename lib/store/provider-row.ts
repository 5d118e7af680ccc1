import type { Limits } from '../balancer/limits/limits';
import type { Fallback } from '../balancer/routes/model-route';
import {
  booleanColumn,
  bytesColumn,
  numberColumn,
  numberOrNull,
  textColumn,
  textOrNull,
} from './database/columns';
import type { SqlRow, SqlValue } from './database/database';
import type { ProviderEgress, ProviderRow } from './rows';
import type { Cipher } from './secrets/cipher';

/** What a person or the environment says about a provider; the store adds id, times and version. */
export type ProviderInput = Omit<ProviderRow, 'id' | 'createdAt' | 'updatedAt' | 'version'>;
export type ProviderPatch = Partial<ProviderInput>;

/** What `readProvider` reads. */
export const PROVIDER_COLUMNS = [
  'id',
  'slug',
  'name',
  'baseUrl',
  'isEnabled',
  'source',
  'position',
  'modelRequestKey',
  'customHeaders',
  'auth',
  'query',
  'timeoutSeconds',
  'firstTokenTimeoutSeconds',
  'maxFailures',
  'maxRetries',
  'testModel',
  'selectionPolicy',
  'fallbacks',
  'egress',
  'limits',
  'createdAt',
  'updatedAt',
  'version',
] as const;

/** A secret that cannot be decrypted is an error, or reported and read as unset. */
export function readProvider(row: SqlRow, cipher: Cipher, onUnreadable?: (id: string) => void): ProviderRow {
  const egress = textOrNull(row, 'egress');
  const limits = textOrNull(row, 'limits');
  return {
    id: textColumn(row, 'id'),
    slug: textColumn(row, 'slug'),
    name: textColumn(row, 'name'),
    baseUrl: textColumn(row, 'baseUrl'),
    isEnabled: booleanColumn(row, 'isEnabled'),
    source: row.source === 'environment' ? 'environment' : 'dashboard',
    position: numberColumn(row, 'position'),
    ...openSecrets(row, cipher, onUnreadable),
    auth: textColumn(row, 'auth'),
    timeoutSeconds: numberOrNull(row, 'timeoutSeconds'),
    firstTokenTimeoutSeconds: numberOrNull(row, 'firstTokenTimeoutSeconds'),
    maxFailures: numberOrNull(row, 'maxFailures'),
    maxRetries: numberOrNull(row, 'maxRetries'),
    testModel: textOrNull(row, 'testModel'),
    selectionPolicy: textOrNull(row, 'selectionPolicy'),
    fallbacks: JSON.parse(textColumn(row, 'fallbacks')) as Fallback[],
    egress: egress === null ? { mode: 'shared' } : (JSON.parse(egress) as ProviderEgress),
    limits: limits === null ? null : (JSON.parse(limits) as Limits),
    createdAt: numberColumn(row, 'createdAt'),
    updatedAt: numberColumn(row, 'updatedAt'),
    version: numberColumn(row, 'version'),
  };
}

function openSecrets(
  row: SqlRow,
  cipher: Cipher,
  onUnreadable?: (id: string) => void,
): Pick<ProviderRow, 'modelRequestKey' | 'customHeaders' | 'query'> {
  const id = textColumn(row, 'id');
  const open = (name: string, context: string) =>
    row[name] === null ? null : cipher.open(bytesColumn(row, name), context);
  try {
    return {
      modelRequestKey: open('modelRequestKey', modelKeyContext(id)),
      customHeaders: JSON.parse(open('customHeaders', headersContext(id)) ?? '{}') as Record<string, string>,
      query: JSON.parse(open('query', queryContext(id)) ?? '{}') as Record<string, string>,
    };
  } catch (error) {
    if (!onUnreadable) throw error;
    onUnreadable(id);
    return { modelRequestKey: null, customHeaders: {}, query: {} };
  }
}

const PLAIN = [
  'name',
  'baseUrl',
  'source',
  'position',
  'auth',
  'timeoutSeconds',
  'firstTokenTimeoutSeconds',
  'maxFailures',
  'maxRetries',
  'testModel',
  'selectionPolicy',
] as const;

/** The columns of what is said, by name, as the database takes them. */
export function providerColumns(id: string, patch: ProviderPatch, cipher: Cipher): Record<string, SqlValue> {
  const { slug, isEnabled, customHeaders, query, modelRequestKey, fallbacks, egress, limits } = patch;
  const columns: Record<string, SqlValue | undefined> = {
    ...Object.fromEntries(PLAIN.map((name) => [name, patch[name]])),
    slug: slug?.toLowerCase(),
    isEnabled: isEnabled === undefined ? undefined : Number(isEnabled),
    modelRequestKey:
      typeof modelRequestKey === 'string'
        ? cipher.seal(modelRequestKey, modelKeyContext(id))
        : modelRequestKey,
    customHeaders: customHeaders && cipher.seal(JSON.stringify(customHeaders), headersContext(id)),
    query: query && sealedQuery(id, query, cipher),
    fallbacks: fallbacks && JSON.stringify(fallbacks),
    egress: egress && (egress.mode === 'shared' ? null : JSON.stringify(egress)),
    limits: limits && JSON.stringify(limits),
  };
  const said = Object.entries(columns).filter(([, value]) => value !== undefined);
  return Object.fromEntries(said) as Record<string, SqlValue>;
}

function sealedQuery(id: string, query: ProviderInput['query'], cipher: Cipher): SqlValue {
  return Object.keys(query).length === 0 ? null : cipher.seal(JSON.stringify(query), queryContext(id));
}

export const modelKeyContext = (id: string) => `provider:${id}:modelRequestKey`;
export const headersContext = (id: string) => `provider:${id}:customHeaders`;
export const queryContext = (id: string) => `provider:${id}:query`;
