import { readEnvFile } from '../config/env-file';
import { readStartupSettings } from '../config/startup';
import { databaseAddress } from '../config/values/database-address';
import { isObject, type SourceTables } from '../moving-in/rows';
import type { Source, SourceProgram } from '../moving-in/source';
import { mysqlOptions } from '../runtime/settings/database-options';
import type { DatabaseOptions } from '../store/database/database';
import { readForeignTables } from '../store/foreign/read-tables';
import { failed, misused } from './failure';
import { isFile, readSourceText, refuseOddFile } from './source-file';
import { readYaml } from '../moving-in/yaml-text';

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
    ...config,
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
  const startup = readStartupSettings({}, mysqlTextsOf(environment));
  // Names alone: a message of a setting shows what was refused.
  if (!startup.ok)
    throw failed(`Not as it should be in its .env: ${startup.problems.map(({ name }) => name).join(', ')}.`);
  return mysqlOptions(startup.settings);
}

function mysqlTextsOf(environment: Texts): Texts {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => name.startsWith('MYSQL_')));
}

async function configOf(
  program: SourceProgram,
  path: string,
): Promise<Pick<Source, 'config' | 'configTwinLine'>> {
  if (!program.takesConfig) throw misused(`${program.title} has no file of that kind: leave out --config.`);
  const read = await readYaml(await readSourceText(path));
  if (!read.ok) throw failed(`${path} is no YAML: ${read.reason}.`);
  const { value: config, lineOfTwin } = read;
  if (!isObject(config)) throw failed(`${path} is no YAML object of settings.`);
  return { config, ...(lineOfTwin !== undefined && { configTwinLine: lineOfTwin }) };
}

function optionsOf(database: string): DatabaseOptions {
  const address = databaseAddress(database);
  if (address !== undefined) {
    if ('reason' in address) throw failed(`The address of the database ${address.reason}.`);
    return address;
  }
  if (isFile(database)) return { type: 'sqlite', file: database } as const;
  // Not repeated: it may be an address of a form that is not known, with a password in it.
  throw failed(
    'The database is neither a file that is there nor an address of a kind that is known: postgres://, mysql://.',
  );
}

function environmentOf(path: string | undefined): Texts {
  if (path === undefined) return {};
  refuseOddFile(path);
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
  if (encryptionKeyFile !== undefined)
    return (await readSourceText(encryptionKeyFile, 'The file of the encryption key')).trim();
  return environment[encryptionVariable] ?? '';
}
