import { isAbsolute, join } from 'node:path';
import type { StartupSettings } from '../../config/startup';
import { postgresAddress } from '../../config/values/postgres-url';
import type { DatabaseOptions } from '../../store/database/database';

/** Which database the settings name. A SQLite name is a file in DATA_DIR, unless it is a path of its own. */
export function databaseOptions(settings: StartupSettings): DatabaseOptions {
  if (settings.DATABASE_TYPE === 'mysql') return mysqlOptions(settings);
  if (settings.DATABASE_TYPE === 'postgres') return postgresOptions(settings);
  const name = settings.SQLITE_DATABASE;
  const isPath = isAbsolute(name) || name.includes('/') || name.includes('\\');
  return { type: 'sqlite', file: isPath ? name : join(settings.DATA_DIR, withEnding(name)) };
}

/** The MySQL database, whatever the type says. */
export function mysqlOptions(settings: StartupSettings): Extract<DatabaseOptions, { type: 'mysql' }> {
  return {
    type: 'mysql',
    host: settings.MYSQL_HOST,
    port: settings.MYSQL_PORT,
    user: unlessEmpty(settings.MYSQL_USER),
    password: unlessEmpty(settings.MYSQL_PASSWORD),
    database: settings.MYSQL_DATABASE,
    socketPath: unlessEmpty(settings.MYSQL_SOCKET),
  };
}

function postgresOptions(settings: StartupSettings): DatabaseOptions {
  return {
    type: 'postgres',
    host: settings.POSTGRES_HOST,
    port: settings.POSTGRES_PORT,
    user: settings.POSTGRES_USER,
    password: unlessEmpty(settings.POSTGRES_PASSWORD),
    database: settings.POSTGRES_DATABASE,
    sslMode: settings.POSTGRES_SSLMODE,
    sslRootCert: unlessEmpty(settings.POSTGRES_SSLROOTCERT),
    ...postgresAddress(settings.DATABASE_URL),
  };
}

const unlessEmpty = (text: string): string | undefined => (text === '' ? undefined : text);

function withEnding(name: string): string {
  return /\.[a-z0-9]+$/i.test(name) ? name : `${name}.sqlite`;
}
