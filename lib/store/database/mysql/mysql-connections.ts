import { createConnection, createPool } from 'mariadb';
import type { Connection, ConnectionConfig, PoolConnection } from 'mariadb';
import type { DatabaseOptions } from '../database';

export type MysqlOptions = Extract<DatabaseOptions, { type: 'mysql' }>;
export type MysqlQueries = Pick<Connection, 'query' | 'batch'>;

export interface MysqlPool {
  /** Takes a connection, its session set up, for as long as `work` runs. */
  use<T>(work: (connection: PoolConnection) => Promise<T>): Promise<T>;
  end(): Promise<void>;
}

const CONNECTIONS_MAX = 5;
const CONNECT_TIMEOUT_MS = 5_000;
/** A connection that was idle for longer is pinged before use, so that one the server closed is replaced unseen. */
const VALIDATE_AFTER_MS = 500;

const SESSION = [
  // Whatever the server's own defaults are: a value that does not fit is an error, not a shorter value.
  "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'",
  // No gap locks: upserts of two processes deadlock less.
  'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
];

/**
 * Nothing here makes the driver (3.4) send a statement while it connects: no `charset`, `initSql` or
 * `sessionVariables`. When one of those fails because the server goes away, the driver leaves a rejection unhandled,
 * which ends the process.
 */
function connectionConfig(options: MysqlOptions): ConnectionConfig {
  return {
    host: options.host,
    port: options.port,
    ...(options.user === undefined ? {} : { user: options.user }),
    ...(options.password === undefined ? {} : { password: options.password }),
    ...(options.socketPath === undefined ? {} : { socketPath: options.socketPath }),
    database: options.database,
    // Goes with the handshake, and stands for the character set utf8mb4.
    collation: 'UTF8MB4_BIN',
    connectTimeout: CONNECT_TIMEOUT_MS,
    // MySQL 8 without TLS cannot log a user in otherwise.
    allowPublicKeyRetrieval: true,
    logParam: false,
  };
}

/** One connection for several statements in one text, as a migration is. */
export async function openMysqlConnection(options: MysqlOptions): Promise<Connection> {
  const connection = await createConnection({ ...connectionConfig(options), multipleStatements: true });
  await setUp(connection);
  return connection;
}

export function openMysqlPool(options: MysqlOptions): MysqlPool {
  const pool = createPool({
    ...connectionConfig(options),
    connectionLimit: CONNECTIONS_MAX,
    minimumIdle: 1,
    acquireTimeout: CONNECT_TIMEOUT_MS,
    minDelayValidation: VALIDATE_AFTER_MS,
    // Batches are too rare to be worth keeping on the server.
    prepareCacheLength: 0,
  });
  // The pool reports here that it could not connect in the background; whoever waits for a connection is told anyway.
  pool.on('error' as 'acquire', () => undefined);
  /** Keyed by what stays the same while a connection is taken and released many times. */
  const isSetUp = new WeakSet<object>();

  async function getConnection(): Promise<PoolConnection> {
    const connection = await pool.getConnection();
    const identity = connection.info;
    if (identity && isSetUp.has(identity)) return connection;
    try {
      await setUp(connection);
    } catch (error) {
      await connection.release();
      throw error;
    }
    if (identity) isSetUp.add(identity);
    return connection;
  }

  return {
    async use(work) {
      const connection = await getConnection();
      try {
        return await work(connection);
      } finally {
        await connection.release();
      }
    },
    end: () => pool.end(),
  };
}

async function setUp(connection: Connection): Promise<void> {
  // A lost connection also fails the statement under way; without a listener the event would end the process.
  connection.on('error', () => undefined);
  for (const statement of SESSION) await connection.query(statement);
}
