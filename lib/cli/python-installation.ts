import { existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { readEnvFile } from '../config/env-file';
import { mysqlOptions } from '../runtime/settings/database-options';
import { readStartupSettings } from '../config/startup';
import { readPythonSettings } from '../store/python-settings';
import { failed } from './failure';
import type { Terminal } from './terminal';

/** The texts that an installation of the Python program goes by, by its own names. */
export type PythonTexts = Readonly<Record<string, string>>;

/**
 * Reads an installation: its folder, its `.env`, or its SQLite file. As in that program the database wins over `.env`,
 * except where it says nothing.
 */
export async function readPythonInstallation(path: string, terminal: Terminal): Promise<PythonTexts> {
  // Not repeated: an address of a database has a password in it.
  if (!existsSync(path)) throw failed('It is not there: name its folder, its .env or its SQLite file.');
  const isFolder = statSync(path).isDirectory();
  if (!isFolder && isSqlite(path)) return readPythonSettings({ type: 'sqlite', file: path });

  const envFile = isFolder ? join(path, '.env') : path;
  const file = readEnvFile(envFile);
  if (file.status === 'unreadable') throw failed(file.message);
  const texts = file.status === 'ok' ? file.values : {};
  const stored = await readDatabase(texts, isFolder ? path : dirname(resolve(path)), terminal);
  if (file.status === 'missing' && stored === undefined) {
    throw failed(`${path} has neither a .env nor a database of the Python program.`);
  }
  const told = Object.entries(stored ?? {}).filter(([, text]) => !saysNothing(text));
  return { ...texts, ...Object.fromEntries(told) };
}

async function readDatabase(
  texts: PythonTexts,
  folder: string,
  terminal: Terminal,
): Promise<PythonTexts | undefined> {
  if (texts['DATABASE_TYPE']?.toLowerCase() === 'mysql') {
    const startup = readStartupSettings({}, texts);
    if (!startup.ok) throw failed(startup.problems.map(({ message }) => message).join('\n'));
    return readPythonSettings(mysqlOptions(startup.settings));
  }
  const name = texts['SQLITE_DATABASE'] || 'default_db';
  const file = [join(folder, 'data', name), join(folder, name)].find(isSqlite);
  if (file !== undefined) return readPythonSettings({ type: 'sqlite', file });
  terminal.tell(`No database of it was found in ${folder}: only its .env is taken over.\n`);
  return undefined;
}

function isSqlite(path: string): boolean {
  return existsSync(path) && statSync(path).isFile() && statSync(path).size > 0 && !path.endsWith('.env');
}

function saysNothing(text: string): boolean {
  return ['', '[]', '{}', '""'].includes(text.trim());
}
