import { afterAll, describe } from 'vitest';
import { mysqlSettings, startMariaDb, type MysqlTestOptions } from './mariadb';
import { postgresSettings, startPostgres, type PostgresTestOptions } from './postgres';

export type ServerTestOptions = MysqlTestOptions | PostgresTestOptions;

/** A database server that a test file has to itself. */
export interface DatabaseServer {
  /** An empty database of its own. */
  freshDatabase(): Promise<ServerTestOptions>;
  /** Stops the server and leaves its data. */
  down(): Promise<void>;
  /** Starts it again on the same port. */
  up(): Promise<void>;
  stop(): Promise<void>;
}

/** `$name` in the title is that of the server. */
export type EachServer = (title: string, suite: (server: DatabaseServer) => void) => void;

/**
 * Starts one of each kind that is installed, until the test file ends. Returns the way to run a suite on each; on those
 * that are missing it is skipped.
 */
export async function startDatabaseServers(): Promise<EachServer> {
  const servers: Readonly<Record<string, DatabaseServer | undefined>> = {
    MariaDB: await startMariaDb(),
    PostgreSQL: await startPostgres(),
  };
  afterAll(async () => {
    for (const server of Object.values(servers)) await server?.stop();
  });
  return (title, suite) => {
    for (const [name, server] of Object.entries(servers)) {
      const named = title.replace('$name', name);
      if (server === undefined) describe.skip(`${named} (not installed)`);
      else describe(named, () => suite(server));
    }
  };
}

/** The settings of a program that works on this database. */
export function databaseSettings(options: ServerTestOptions): Record<string, string> {
  return options.type === 'mysql' ? mysqlSettings(options) : postgresSettings(options);
}
