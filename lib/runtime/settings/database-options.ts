import { isAbsolute, join } from 'node:path';
import type { StartupSettings } from '../../config/startup';
import type { DatabaseOptions } from '../../store/database/database';

/** Which database the settings name. A SQLite name is a file in DATA_DIR, unless it is a path of its own. */
export function databaseOptions(settings: StartupSettings): DatabaseOptions {
  if (settings.DATABASE_TYPE === 'mysql') {
    return {
      type: 'mysql',
      host: settings.MYSQL_HOST,
      port: settings.MYSQL_PORT,
      user: settings.MYSQL_USER === '' ? undefined : settings.MYSQL_USER,
      password: settings.MYSQL_PASSWORD === '' ? undefined : settings.MYSQL_PASSWORD,
      database: settings.MYSQL_DATABASE,
      socketPath: settings.MYSQL_SOCKET === '' ? undefined : settings.MYSQL_SOCKET,
    };
  }
  const name = settings.SQLITE_DATABASE;
  const isPath = isAbsolute(name) || name.includes('/') || name.includes('\\');
  return { type: 'sqlite', file: isPath ? name : join(settings.DATA_DIR, withEnding(name)) };
}

function withEnding(name: string): string {
  return /\.[a-z0-9]+$/i.test(name) ? name : `${name}.sqlite`;
}
