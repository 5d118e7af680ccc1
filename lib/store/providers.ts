import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Cipher } from './secrets/cipher';
import type { Database } from './database/database';
import type { Provider as StoredProvider } from './generated/sqlite/client';
import { newRowId } from './database/row-id';
import type { ProviderEgress, ProviderRow } from './rows';
import { StoreError } from './store-error';

/** What a person or the environment says about a provider; the store adds id, times and version. */
export type ProviderInput = Omit<ProviderRow, 'id' | 'createdAt' | 'updatedAt' | 'version'>;
export type ProviderPatch = Partial<ProviderInput>;

export interface ProviderStore {
  /**
   * By position, then slug. A secret that cannot be decrypted is reported and read as unset (no key, no headers); the provider
   * itself stays.
   */
  list(onUnreadable?: (id: string) => void): Promise<ProviderRow[]>;
  /** Throws `duplicate` when the slug is taken. Slugs are kept in lower case. */
  create(input: ProviderInput): Promise<ProviderRow>;
  /**
   * Throws `not_found`; `duplicate` when the slug is taken; `conflict` when `expectedVersion` is given and is not the stored
   * version.
   */
  update(id: string, patch: ProviderPatch, expectedVersion?: number): Promise<ProviderRow>;
  /** Removes the keys in batches, then the provider. Nothing happens when it is gone already. */
  remove(id: string): Promise<void>;
  /** Takes a provider without keys out of all lists such that `restore` can give it back. Its slug is free at once. */
  discard(id: string): Promise<void>;
  /** Gives back what was discarded under this slug, if that was not before `notBeforeMs`. */
  restore(slug: string, notBeforeMs: number): Promise<ProviderRow | undefined>;
  /** Removes for good what was discarded before `atMs`; returns how many. */
  purgeDiscarded(atMs: number): Promise<number>;
}

const REMOVED_KEYS_BATCH = 1_000;

export function createProviderStore(database: Database, cipher: Cipher, now: () => number): ProviderStore {
  const remove = async (id: string): Promise<void> => {
    const deleteKeys = `DELETE FROM ApiKey WHERE id IN (SELECT id FROM (SELECT id FROM ApiKey WHERE providerId = ? LIMIT ${REMOVED_KEYS_BATCH}) AS batch)`;
    while ((await database.execute(deleteKeys, [id])) === REMOVED_KEYS_BATCH) await nextTurn();
    await database.prisma((client) => client.provider.deleteMany({ where: { id } }));
  };
  const removeAll = async (where: { slug: string } | { removedAt: { lt: number } }): Promise<number> => {
    const discarded = await database.prisma((client) =>
      client.provider.findMany({
        where: { AND: [{ removedAt: { not: null } }, where] },
        select: { id: true },
      }),
    );
    for (const { id } of discarded) await remove(id);
    return discarded.length;
  };

  return {
    async list(onUnreadable) {
      const rows = await database.prisma((client) =>
        client.provider.findMany({
          where: { removedAt: null },
          orderBy: [{ position: 'asc' }, { slug: 'asc' }],
        }),
      );
      return rows.map((row) => readProvider(row, cipher, onUnreadable));
    },

    async create(input) {
      const at = now();
      const row: ProviderRow = {
        ...input,
        slug: input.slug.toLowerCase(),
        id: newRowId(at),
        createdAt: at,
        updatedAt: at,
        version: 1,
      };
      await removeAll({ slug: row.slug });
      await database.prisma((client) =>
        client.provider.create({
          data: {
            ...row,
            ...secretColumns(row.id, row, cipher),
            customHeaders: sealHeaders(row.id, row.customHeaders, cipher),
            fallbacks: JSON.stringify(row.fallbacks),
            egress: egressColumn(row.egress),
          },
        }),
      );
      return row;
    },

    async update(id, patch, expectedVersion) {
      const { slug, customHeaders, modelRequestKey, fallbacks, egress, ...rest } = patch;
      const data = {
        ...rest,
        ...(slug === undefined ? {} : { slug: slug.toLowerCase() }),
        ...(modelRequestKey === undefined ? {} : secretColumns(id, { modelRequestKey }, cipher)),
        ...(customHeaders === undefined ? {} : { customHeaders: sealHeaders(id, customHeaders, cipher) }),
        ...(fallbacks === undefined ? {} : { fallbacks: JSON.stringify(fallbacks) }),
        ...(egress === undefined ? {} : { egress: egressColumn(egress) }),
        updatedAt: now(),
        version: { increment: 1 },
      };
      if (data.slug !== undefined) await removeAll({ slug: data.slug });
      const where = expectedVersion === undefined ? { id } : { id, version: expectedVersion };
      const { count } = await database.prisma((client) => client.provider.updateMany({ where, data }));
      const stored = await database.prisma((client) => client.provider.findUnique({ where: { id } }));
      if (stored === null) throw new StoreError('not_found', 'The provider does not exist');
      if (count === 0) throw new StoreError('conflict', 'The provider was changed by somebody else');
      return readProvider(stored, cipher);
    },

    remove,

    async discard(id) {
      const data = { removedAt: now() };
      await database.prisma((client) => client.provider.updateMany({ where: { id }, data }));
    },

    async restore(slug, notBeforeMs) {
      const discarded = { slug: slug.toLowerCase(), removedAt: { gte: notBeforeMs } };
      const row = await database.prisma((client) => client.provider.findFirst({ where: discarded }));
      if (row === null) return undefined;
      const data = { removedAt: null };
      await database.prisma((client) => client.provider.updateMany({ where: { id: row.id }, data }));
      return readProvider(row, cipher, () => undefined);
    },

    purgeDiscarded: (atMs) => removeAll({ removedAt: { lt: atMs } }),
  };
}

function readProvider(
  { removedAt: _removedAt, ...row }: StoredProvider,
  cipher: Cipher,
  onUnreadable?: (id: string) => void,
): ProviderRow {
  return {
    ...row,
    ...openSecrets(row, cipher, onUnreadable),
    source: row.source === 'environment' ? 'environment' : 'dashboard',
    fallbacks: JSON.parse(row.fallbacks) as string[],
    egress: row.egress === null ? { mode: 'shared' } : (JSON.parse(row.egress) as ProviderEgress),
    createdAt: Number(row.createdAt),
    updatedAt: Number(row.updatedAt),
  };
}

function egressColumn(egress: ProviderEgress): string | null {
  return egress.mode === 'shared' ? null : JSON.stringify(egress);
}

function openSecrets(
  row: Pick<StoredProvider, 'id' | 'modelRequestKey' | 'customHeaders'>,
  cipher: Cipher,
  onUnreadable?: (id: string) => void,
): Pick<ProviderRow, 'modelRequestKey' | 'customHeaders'> {
  try {
    const modelRequestKey =
      row.modelRequestKey === null ? null : cipher.open(row.modelRequestKey, modelKeyContext(row.id));
    const headers = cipher.open(row.customHeaders, headersContext(row.id));
    return { modelRequestKey, customHeaders: JSON.parse(headers) as Record<string, string> };
  } catch (error) {
    if (!onUnreadable) throw error;
    onUnreadable(row.id);
    return { modelRequestKey: null, customHeaders: {} };
  }
}

function secretColumns(
  id: string,
  { modelRequestKey }: Pick<ProviderRow, 'modelRequestKey'>,
  cipher: Cipher,
) {
  return {
    modelRequestKey:
      modelRequestKey === null ? null : prismaBytes(cipher.seal(modelRequestKey, modelKeyContext(id))),
  };
}

function sealHeaders(id: string, headers: ProviderRow['customHeaders'], cipher: Cipher) {
  return prismaBytes(cipher.seal(JSON.stringify(headers), headersContext(id)));
}

/** Prisma's type for bytes wants its own ArrayBuffer. */
function prismaBytes(bytes: Buffer): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}

export const modelKeyContext = (id: string) => `provider:${id}:modelRequestKey`;
export const headersContext = (id: string) => `provider:${id}:customHeaders`;
