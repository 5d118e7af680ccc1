import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { Client } from 'pg';
import { postgresSql } from '../../lib/store/database/postgres/postgres-sql';
import { startPostgres } from '../../tests/support/postgres';
import type { FilledDatabase } from './fill';

/** Where the log of a measurement is. */
export interface Place {
  /** Lines of an .env file. */
  readonly settings: readonly string[];
  /** Opened while no gateway runs on it. */
  open(): Promise<FilledDatabase & { close(): Promise<void> }>;
  stop(): Promise<void>;
}

/** `sqlite`; `postgres` for a server of its own; or the address of an empty PostgreSQL database. */
export async function openPlace(dialect: string, folder: string): Promise<Place> {
  if (dialect === 'sqlite') return sqlitePlace(folder);
  if (dialect !== 'postgres') return postgresPlace(dialect);
  const server = await startPostgres(['shared_buffers=128MB', 'max_wal_size=4GB', 'work_mem=64MB']);
  if (server === undefined) throw new Error('PostgreSQL is not installed');
  const { host, port, user, password, database } = server.options;
  const place = postgresPlace(
    `postgres://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}`,
  );
  return { ...place, stop: () => server.stop() };
}

function sqlitePlace(folder: string): Place {
  const file = join(folder, 'rows.db');
  mkdirSync(folder, { recursive: true });
  return {
    settings: [`SQLITE_DATABASE=${file}`],
    async open() {
      const database = new Sqlite(file);
      // Nothing else is there yet: should it break off, it is filled again.
      for (const pragma of ['journal_mode = OFF', 'synchronous = OFF', 'cache_size = -400000'])
        database.pragma(pragma);
      return {
        run: async (sql) => void database.exec(sql),
        close: async () => {
          database.exec('ANALYZE');
          database.pragma('journal_mode = WAL');
          database.close();
        },
      };
    },
    stop: async () => undefined,
  };
}

function postgresPlace(url: string): Place {
  return {
    settings: ['DATABASE_TYPE=postgres', `DATABASE_URL=${url}`],
    async open() {
      const client = new Client({ connectionString: url });
      await client.connect();
      return {
        run: (sql) => client.query(postgresSql(sql)),
        close: async () => {
          await client.query('VACUUM ANALYZE');
          await client.end();
        },
      };
    },
    stop: async () => undefined,
  };
}
