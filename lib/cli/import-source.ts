import { isUtf8 } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { existsSync, statSync } from 'node:fs';
import { parse } from 'yaml';
import { readEnvFile } from '../config/env-file';
import { readStartupSettings } from '../config/startup';
import { databaseAddress } from '../config/values/database-address';
import { isObject, type JsonObject, type SourceTables } from '../moving-in/rows';
import type { Source, SourceProgram } from '../moving-in/source';
import { mysqlOptions } from '../runtime/settings/database-options';
import type { DatabaseOptions } from '../store/database/database';
import { readForeignTables } from '../store/foreign/read-tables';
import { failed, misused } from './failure';

/** Where an installation lies, and what it needs to be read. Secrets come from the environment or from files. */
export interface SourceChoice {
  /** A SQLite file, or an address without a password. */
  readonly database: string | undefined;
  readonly envFile: string | undefined;
  readonly config: string | undefined;
  readonly encryptionKeyFile: string | undefined;
  /** Of the environment: with the password in it. Empty if there is none. */
  readonly databaseUrl: string;
  /** Of the environment. Empty if there is none. */
  readonly encryptionKey: string;
}

/** Reads all that a program's reader needs. Rejects, in words for people, if some of it cannot be read. */
export async function readSource(program: SourceProgram, choice: SourceChoice): Promise<Source> {
  const environment = environmentOf(choice.envFile);
  const config = choice.config === undefined ? undefined : await configOf(program, choice.config);
  const isEnough = program.takesEnvironment === true && choice.envFile !== undefined;
  return {
    tables: await tablesOf(program, choice, { environment, isOptional: config !== undefined || isEnough }),
    environment,
    encryptionKey: await encryptionKeyOf(program, choice, environment),
    ...(config !== undefined && { config }),
  };
}

async function tablesOf(
  program: SourceProgram,
  { database: named = '', databaseUrl }: SourceChoice,
  { environment, isOptional }: { readonly environment: Texts; readonly isOptional: boolean },
): Promise<SourceTables> {
  const address = databaseAddress(named);
  if (address !== undefined && 'password' in address && address.password !== undefined)
    throw misused(
      'An address with a password does not belong on a command line: put it into IMPORT_DATABASE_URL.',
    );
  const database = databaseUrl || named;
  const options = database === '' ? optionsIn(environment) : optionsOf(database);
  if (options !== undefined) return readForeignTables(options, program.tables);
  if (isOptional) return new Map();
  throw misused('Which database? Name a file or an address with --database.');
}

type Texts = Readonly<Record<string, string>>;

/** Names under which the programs have the address of their database in their own environment. */
const ADDRESSES_OF_PROGRAMS = ['DATABASE_DSN', 'SQL_DSN', 'DATABASE_URL'];

/** The database server that a program's own environment names; undefined if it names none. */
function optionsIn(environment: Texts): DatabaseOptions | undefined {
  const address = ADDRESSES_OF_PROGRAMS.map((name) => environment[name] ?? '').find(
    (text) => databaseAddress(text) !== undefined,
  );
  if (address !== undefined) return optionsOf(address);
  if (environment['DATABASE_TYPE']?.toLowerCase() !== 'mysql') return undefined;
  const startup = readStartupSettings({}, environment);
  if (!startup.ok) throw failed(startup.problems.map(({ message }) => message).join('\n'));
  return mysqlOptions(startup.settings);
}

async function configOf(program: SourceProgram, path: string): Promise<JsonObject> {
  if (!program.takesConfig) throw misused(`${program.title} has no file of that kind: leave out --config.`);
  const content = yamlOf(await readText(path), path);
  if (isObject(content)) return content;
  throw failed(`${path} is no YAML object of settings.`);
}

function yamlOf(text: string, path: string): unknown {
  try {
    // As Python's reader has it: with merged keys, and yes and no as booleans.
    return parse(text, { version: '1.1' });
  } catch (error) {
    // The lines around the error come after the first line, and they may hold a secret.
    throw failed(`${path} is no YAML: ${String((error as Error).message).split('\n')[0] ?? ''}`);
  }
}

function optionsOf(database: string): DatabaseOptions {
  const address = databaseAddress(database);
  if (address !== undefined) {
    if ('reason' in address) throw failed(`The address of the database ${address.reason}.`);
    return address;
  }
  if (!existsSync(database) || !statSync(database).isFile())
    throw failed(`${database} is not there, or no file.`);
  return { type: 'sqlite', file: database } as const;
}

function environmentOf(path: string | undefined): Texts {
  if (path === undefined) return {};
  const file = readEnvFile(path);
  if (file.status === 'ok') return file.values;
  throw failed(file.status === 'missing' ? `${path} is not there.` : file.message);
}

async function encryptionKeyOf(
  { encryptionVariable = '' }: SourceProgram,
  { encryptionKey, encryptionKeyFile }: SourceChoice,
  environment: Texts,
): Promise<string> {
  if (encryptionKey !== '') return encryptionKey;
  if (encryptionKeyFile !== undefined) return (await readText(encryptionKeyFile)).trim();
  return environment[encryptionVariable] ?? '';
}

const BYTES_MAX = 32 * 2 ** 20;

async function readText(path: string): Promise<string> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw failed(`${path} cannot be read: ${error.code ?? error.message}`);
  });
  if (bytes.length > BYTES_MAX) throw failed(`${path} is too large: 32 MB at most.`);
  if (!isUtf8(bytes)) throw failed(`${path} is no text in UTF-8.`);
  return bytes.toString('utf8');
}
