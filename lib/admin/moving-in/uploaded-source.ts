import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { readEnvText } from '../../config/env-file';
import { isObject, type SourceTables } from '../../moving-in/rows';
import type { Source, SourceProgram } from '../../moving-in/source';
import { readYaml } from '../../moving-in/yaml-text';
import { readForeignBytes } from '../../store/foreign/read-tables';
import type { EndpointInput } from '../contract/endpoint';
import { DATABASE_BYTES_MAX, type installationApi } from '../contract/installation';
import { wrongField } from '../error';

export type MoveInput = EndpointInput<(typeof installationApi)['move-in']>;

/**
 * Reads what somebody has sent of another program's installation, in memory. Throws `invalid_input`, in words without
 * anything of the content.
 */
export async function uploadedSource(program: SourceProgram, input: MoveInput): Promise<Source> {
  const environment = environmentOf(input.environment);
  const config = await configOf(program, input.config);
  const isEnough =
    config !== undefined || (program.takesEnvironment === true && input.environment !== undefined);
  const encryptionKey = input.encryptionKey?.trim() ?? '';
  return {
    tables: await tablesOf(program, input.database, isEnough),
    environment,
    encryptionKey:
      encryptionKey === '' ? (environment[program.encryptionVariable ?? ''] ?? '') : encryptionKey,
    ...config,
  };
}

function environmentOf(text = ''): Readonly<Record<string, string>> {
  const values = readEnvText(text);
  if (values === undefined) throw wrongField('environment', 'is no text');
  return values;
}

async function configOf(
  { takesConfig, title }: SourceProgram,
  text: string | undefined,
): Promise<Pick<Source, 'config' | 'configTwinLine'> | undefined> {
  if (text === undefined) return undefined;
  if (!takesConfig) throw wrongField('config', `is nothing that ${title} has`);
  const read = await readYaml(text);
  if (!read.ok) throw wrongField('config', `is no YAML: ${read.reason}`);
  if (!isObject(read.value)) throw wrongField('config', 'is no YAML object of settings');
  const { value: config, lineOfTwin } = read;
  return { config, ...(lineOfTwin !== undefined && { configTwinLine: lineOfTwin }) };
}

async function tablesOf(
  { tables }: SourceProgram,
  text: string | undefined,
  isOptional: boolean,
): Promise<SourceTables> {
  if (text === undefined) {
    if (isOptional) return new Map();
    throw wrongField('database', 'is missing');
  }
  const bytes = await unpacked(Buffer.from(text, 'base64'));
  if (!bytes.subarray(0, SQLITE.length).equals(SQLITE)) throw wrongField('database', 'is no SQLite database');
  try {
    return await readForeignBytes(bytes, tables);
  } catch (error) {
    const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
    if (code === 'database_failed') throw wrongField('database', String(message));
    throw error;
  }
}

const SQLITE = Buffer.from('SQLite format 3\0', 'latin1');
const GZIP = Buffer.from([0x1f, 0x8b]);
const MB = 2 ** 20;

async function unpacked(bytes: Buffer): Promise<Buffer> {
  if (!bytes.subarray(0, GZIP.length).equals(GZIP)) return bytes;
  try {
    return await promisify(gunzip)(bytes, { maxOutputLength: DATABASE_BYTES_MAX });
  } catch (error) {
    const isLarge = (error as { readonly code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE';
    throw wrongField(
      'database',
      isLarge
        ? `is larger than the ${DATABASE_BYTES_MAX / MB} MB that are read here: use the command for it`
        : 'is packed, and cannot be unpacked',
    );
  }
}
