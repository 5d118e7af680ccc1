import { cutText } from './cut-text';
import type { Database } from './database';
import { newRowId } from './row-id';
import type { AuditRow } from './rows';

export type NewAuditEntry = Omit<AuditRow, 'id' | 'at'>;

export interface AuditStore {
  /** Stamps the entry with an id and the time. */
  insert(entry: NewAuditEntry): Promise<AuditRow>;
  /** Newest first; `before` is the id of the last row of the page before. */
  page(query: {
    readonly before?: string;
    readonly limit: number;
    /** Rows to pass over first. */
    readonly skip?: number;
  }): Promise<AuditRow[]>;
  count(): Promise<number>;
}

/** Of `newRowId`: entries of one millisecond keep their order. */
const SEQUENCE_MAX = 2 ** 20;

export function createAuditStore(database: Database, now: () => number): AuditStore {
  let sequence = 0;
  return {
    async insert(entry) {
      const at = now();
      sequence = (sequence + 1) % SEQUENCE_MAX;
      const row: AuditRow = {
        id: newRowId(at, sequence),
        at,
        actor: cutText(entry.actor, 191),
        action: cutText(entry.action, 64),
        target: cutText(entry.target, 500),
        detail: entry.detail,
      };
      await database.prisma((client) => client.auditLog.create({ data: row }));
      return row;
    },

    async page({ before, limit, skip = 0 }) {
      const rows = await database.prisma((client) =>
        client.auditLog.findMany({
          ...(before === undefined ? {} : { where: { id: { lt: before } } }),
          orderBy: { id: 'desc' },
          take: limit,
          skip,
        }),
      );
      return rows.map((row) => ({ ...row, at: Number(row.at) }));
    },

    count: () => database.prisma((client) => client.auditLog.count()),
  };
}
