import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import { Client, Pool, types } from 'pg';
import type { ClientConfig, PoolClient } from 'pg';
import type { DatabaseOptions } from '../database';
import { StoreError } from '../../store-error';
import { driverCode } from '../database-error';
import { markLost } from './postgres-errors';

export type PostgresOptions = Extract<DatabaseOptions, { type: 'postgres' }>;

export interface PostgresPool {
  /** Takes a connection for as long as `work` runs. */
  use<T>(work: (connection: PoolClient) => Promise<T>): Promise<T>;
  end(): Promise<void>;
}

const CONNECTIONS_MAX = 5;
const CONNECT_TIMEOUT_MS = 5_000;
const IDLE_MS = 60_000;
/** A connection that was idle for longer is tried before use, so that one the server closed is replaced unseen. */
const VALIDATE_AFTER_MS = 500;

type GetTypeParser = NonNullable<ClientConfig['types']>['getTypeParser'];

const BIGINT = 20;
const NUMERIC = 1700;

/** Numbers come out as numbers: every count and time of ours fits into a double. */
export const asNumbers: NonNullable<ClientConfig['types']> = {
  getTypeParser: ((oid: number, format: 'text' | 'binary'): unknown =>
    oid === BIGINT || oid === NUMERIC ? Number : types.getTypeParser(oid, format)) as GetTypeParser,
};

/** Everything is said, so that the driver takes nothing from variables of its own such as PGPASSWORD. */
function connectionConfig(options: PostgresOptions): ClientConfig {
  return {
    host: options.host,
    port: options.port,
    user: options.user,
    // A function, so that the driver asks no password file where there is none.
    password: () => options.password ?? '',
    database: options.database,
    ssl: tlsOptions(options),
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    application_name: 'openai-balance',
    types: asNumbers,
  };
}

/** As libpq has it: `require` encrypts without asking who the server is. */
function tlsOptions({ sslMode, sslRootCert }: PostgresOptions): ConnectionOptions | false {
  if (sslMode === 'disable') return false;
  const ca = sslRootCert === undefined ? {} : { ca: readCertificates(sslRootCert) };
  if (sslMode === 'require') return { ...ca, rejectUnauthorized: false };
  return sslMode === 'verify-ca' ? { ...ca, checkServerIdentity: () => undefined } : ca;
}

function readCertificates(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const message = `The file with the certificates for PostgreSQL cannot be read (${driverCode(error) ?? ''}): see POSTGRES_SSLROOTCERT`;
    throw new StoreError('database_failed', message, error);
  }
}

/** One connection for several statements in one text, as a migration is. */
export async function openPostgresConnection(options: PostgresOptions): Promise<Client> {
  const connection = new Client(connectionConfig(options));
  // A lost connection also fails the statement under way; without a listener the event would end the process.
  connection.on('error', () => undefined);
  await connection.connect();
  return connection;
}

export function openPostgresPool(options: PostgresOptions): PostgresPool {
  const pool = new Pool({
    ...connectionConfig(options),
    max: CONNECTIONS_MAX,
    idleTimeoutMillis: IDLE_MS,
  });
  // Told of connections that were lost while they were idle; those under way are told of by `connect`.
  pool.on('error', () => undefined);
  pool.on('connect', (connection) => connection.on('error', () => undefined));
  const usedAt = new WeakMap<PoolClient, number>();

  async function getConnection(): Promise<PoolClient> {
    for (;;) {
      const connection = await pool.connect();
      const idleSince = usedAt.get(connection);
      if (idleSince === undefined || performance.now() - idleSince < VALIDATE_AFTER_MS) return connection;
      try {
        await connection.query('SELECT 1');
        return connection;
      } catch {
        connection.release(true);
      }
    }
  }

  return {
    async use(work) {
      const connection = await getConnection().catch((error: unknown) => {
        throw markLost(error);
      });
      try {
        return await work(connection);
      } finally {
        usedAt.set(connection, performance.now());
        connection.release();
      }
    },
    end: () => pool.end(),
  };
}
