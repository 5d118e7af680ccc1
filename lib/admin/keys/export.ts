import type { EndpointInput } from '../contract/endpoint';
import { LIMIT_NAMES, limitNames } from '../../config/values/use-limits';
import { KEY_FILE_TYPES, type keysApi } from '../contract/keys';
import { recordOrRefuse } from '../audit/record';
import type { AdminContext } from '../context';
import { tagsCell } from './tags-cell';
import { csvLine, inChunks, type FileAnswer } from '../file-answer';
import type { LiveTime } from '../live-time';
import { filterKeys, selectKeys } from './filter';
import { keyItem, type LiveKey } from './key-item';

type Options = Pick<EndpointInput<typeof keysApi.exportSelected>, 'format' | 'secrets'>;

const COLUMNS = [
  'provider',
  'key',
  'status',
  'reason',
  'failures',
  'requestCount',
  'errorCount',
  'weight',
  'note',
  'account',
  'tags',
  'createdAt',
  'lastUsedAt',
] as const;

/** The keys that pass a filter. */
export async function exportKeys(
  context: AdminContext,
  { format, secrets, ...filter }: EndpointInput<typeof keysApi.export>,
): Promise<FileAnswer> {
  await context.catchUpCounts();
  return fileOf(context, await filterKeys(context, filter), { format, secrets });
}

export async function exportSelectedKeys(
  context: AdminContext,
  { format, secrets, ...selection }: EndpointInput<typeof keysApi.exportSelected>,
): Promise<FileAnswer> {
  await context.catchUpCounts();
  return fileOf(context, await selectKeys(context, selection), { format, secrets });
}

async function fileOf(
  context: AdminContext,
  keys: readonly LiveKey[],
  options: Options,
): Promise<FileAnswer> {
  await recordOrRefuse(context, {
    action: 'keys.export',
    target: `${keys.length} keys`,
    detail: { ...options },
  });
  return {
    contentType: `${KEY_FILE_TYPES[options.format]}; charset=utf-8`,
    filename: `keys.${options.format}`,
    chunks: linesOf(keys, options, context.liveTime),
  };
}

async function* linesOf(keys: readonly LiveKey[], { format, secrets }: Options, time: LiveTime) {
  const shown = (key: LiveKey): string => (secrets ? key.row.value : key.row.hint);
  const fields = (key: LiveKey) => {
    const item = keyItem(key, time);
    return COLUMNS.map((name) => (name === 'key' ? shown(key) : item[name]));
  };
  const cellsOf = (key: LiveKey) => {
    return fields(key).map((value) => (Array.isArray(value) ? tagsCell(value) : value));
  };
  const limitsOf = ({ row: { limits } }: LiveKey) =>
    limitNames.map((name) => limits?.[LIMIT_NAMES[name]] ?? null);
  if (format === 'txt') {
    yield* inChunks(keys, (key) => `${shown(key)}\n`);
  } else if (format === 'csv') {
    yield csvLine([...COLUMNS, ...limitNames]);
    yield* inChunks(keys, (key) => csvLine([...cellsOf(key), ...limitsOf(key)]));
  } else {
    const asObject = (key: LiveKey) => {
      const values = fields(key);
      const columns = COLUMNS.map((name, index) => [name, values[index] ?? null] as const);
      return { ...Object.fromEntries(columns), limits: key.row.limits };
    };
    yield '[';
    yield* inChunks(keys, (key, index) => `${index === 0 ? '\n' : ',\n'}${JSON.stringify(asObject(key))}`);
    yield '\n]\n';
  }
}
