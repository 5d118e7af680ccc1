import type { Limits } from '../balancer/limits/limits';
import type { Fallback } from '../balancer/routes/model-route';
import type { SqlValue } from './database/database';
import type { Provider as StoredProvider } from './generated/sqlite/client';
import type { ProviderEgress, ProviderRow } from './rows';
import type { Cipher } from './secrets/cipher';

/** What a person or the environment says about a provider; the store adds id, times and version. */
export type ProviderInput = Omit<ProviderRow, 'id' | 'createdAt' | 'updatedAt' | 'version'>;
export type ProviderPatch = Partial<ProviderInput>;

export function readProvider(
  { removedAt: _removedAt, ...row }: StoredProvider,
  cipher: Cipher,
  onUnreadable?: (id: string) => void,
): ProviderRow {
  return {
    ...row,
    ...openSecrets(row, cipher, onUnreadable),
    source: row.source === 'environment' ? 'environment' : 'dashboard',
    fallbacks: JSON.parse(row.fallbacks) as Fallback[],
    egress: row.egress === null ? { mode: 'shared' } : (JSON.parse(row.egress) as ProviderEgress),
    limits: row.limits === null ? null : (JSON.parse(row.limits) as Limits),
    createdAt: Number(row.createdAt),
    updatedAt: Number(row.updatedAt),
  };
}

function openSecrets(
  row: Pick<StoredProvider, 'id' | 'modelRequestKey' | 'customHeaders' | 'query'>,
  cipher: Cipher,
  onUnreadable?: (id: string) => void,
): Pick<ProviderRow, 'modelRequestKey' | 'customHeaders' | 'query'> {
  try {
    const modelRequestKey =
      row.modelRequestKey === null ? null : cipher.open(row.modelRequestKey, modelKeyContext(row.id));
    const headers = cipher.open(row.customHeaders, headersContext(row.id));
    const query = row.query === null ? '{}' : cipher.open(row.query, queryContext(row.id));
    return {
      modelRequestKey,
      customHeaders: JSON.parse(headers) as Record<string, string>,
      query: JSON.parse(query) as Record<string, string>,
    };
  } catch (error) {
    if (!onUnreadable) throw error;
    onUnreadable(row.id);
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
