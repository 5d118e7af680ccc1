import type { MovedKey } from '../plan';
import { PlanBuilder } from '../plan-builder';
import { entryOf, flagOf, isBrokenJson, jsonOf, listOf, numberOf, objectOf, split, textOf } from '../rows';
import type { SourceRow } from '../rows';
import { UnreadableSource, type SourceProgram } from '../source';
import { cloudflareKind, NEW_API_KINDS, NEW_API_PLANS, type ChannelKind } from './channel-kinds';
import {
  addChannels,
  baseUrlOf,
  byId,
  hostOf,
  listedGroups,
  listedModels,
  deploymentsOf,
  keyStateOf,
  mappingOf,
  stateOf,
  type Channel,
} from './channels';
import { addQuotaTokens, type TokenRules } from './quota-tokens';

const AZURE = 3;
const CLAUDE = 14;
const CUSTOM = 8;
const CLOUDFLARE = 39;
const BAIDU = 46;
/** Channels that are older ask for deployments without the dots of a model's name; seconds since 1970 (10 May 2025). */
const DOTS_SINCE = 1_746_806_400;
/** What a header may have in it there: the key, or as its beginning a header of the client's. */
const VARIABLE = /\{api_key\}|^\s*\{client_header:/;

/** Names no header, but those of a client's that are passed on. */
const PASSED_ON = /^(\*$|re:|regex:)/i;

/** All that has a `*` for any text there; in other names it is a character like all others. */
const PATTERNS = [
  'gpt-4-gizmo-*',
  'gpt-4o-gizmo-*',
  'gemini-2.5-flash-lite-thinking-*',
  'gemini-2.5-flash-thinking-*',
  'gemini-2.5-pro-thinking-*',
];

/** new-api 0.8.5 and later; older ones have no `channel_info`, which is then as if each channel had one key. */
export const newApi: SourceProgram = {
  title: 'new-api',
  tables: [
    {
      name: 'channels',
      columns: [
        'id',
        'type',
        'key',
        'open_ai_organization',
        'test_model',
        'status',
        'name',
        'weight',
        'created_time',
        'base_url',
        'other',
        'models',
        'group',
        'model_mapping',
        'status_code_mapping',
        'priority',
        'auto_ban',
        'tag',
        'setting',
        'settings',
        'param_override',
        'header_override',
        'remark',
        'channel_info',
        'config',
      ],
    },
    {
      name: 'tokens',
      columns: [
        'id',
        'user_id',
        'key',
        'status',
        'name',
        'expired_time',
        'remain_quota',
        'unlimited_quota',
        'model_limits_enabled',
        'model_limits',
        'allow_ips',
        'group',
        'deleted_at',
        'subnet',
      ],
    },
    { name: 'users', columns: ['id', 'status', 'group', 'quota', 'deleted_at'] },
    { name: 'options', columns: ['key', 'value'] },
  ],
  takesConfig: false,
  read({ tables }) {
    const rows = tables.get('channels');
    if (rows === undefined)
      throw new UnreadableSource('There is no table `channels` in it: it is not of new-api.');
    if (isOfOneApi(rows[0], tables.get('tokens')?.[0]))
      throw new UnreadableSource(
        'It is of one-api: numbers of channels mean other things there. Use `import-from one-api`.',
      );
    const builder = new PlanBuilder();
    const served = addChannels(
      builder,
      byId(rows).flatMap((row) => channelOf(builder, row)),
      PATTERNS,
    );
    addQuotaTokens({ builder, tables, served, rulesOf });
    return builder.build();
  },
};

/** Its database may have been one-api's, whose columns stay. */
function isOfOneApi(channel: SourceRow = {}, token: SourceRow = {}): boolean {
  return ('config' in channel && !('setting' in channel)) || ('subnet' in token && !('allow_ips' in token));
}

type ChannelKey = Channel['keys'][number];

function rulesOf(row: SourceRow): TokenRules {
  const models = flagOf(row['model_limits_enabled']) ? split(row['model_limits']) : undefined;
  return {
    models: models ?? [],
    patterns: PATTERNS,
    // Commas and spaces count for nothing there, also between two addresses.
    allowedIps: split(textOf(row['allow_ips']).replace(/[ ,]/g, ''), '\n'),
    isForNothing: models?.length === 0,
  };
}

function channelOf(builder: PlanBuilder, row: SourceRow): Channel[] {
  const name = textOf(row['name']) || `channel ${textOf(row['id'])}`;
  const type = numberOf(row['type']) ?? 0;
  const kind = type === CLOUDFLARE ? cloudflareKind(textOf(row['other'])) : NEW_API_KINDS[type];
  const keys = keysOf(row).map((key) => (type === BAIDU ? withoutApp(builder, key, name) : key));
  const baseUrl = kind && addressOf(row, type, kind);
  if (kind === undefined || baseUrl === undefined) {
    const why =
      kind === undefined
        ? `its type ${type} has a protocol of its own`
        : 'its address is made for each model';
    builder.remarks.add(`channel left out: ${why}`, name);
    builder.remarks.add('key left out: its channel does not come over', name, keys.length);
    return [];
  }
  remarkOn(builder, row, name, type);
  const { ends, loops } = followed(listedModels(row), mappingOf(row['model_mapping']));
  for (const model of loops)
    builder.remarks.add('model of a channel left out: its mapping goes round', `${name}: ${model}`);
  const setting = objectOf(jsonOf(row['setting']));
  return [
    {
      name,
      kind,
      baseUrl,
      headers: headersOf(builder, row, name),
      query: queryOf(row, type),
      proxy: textOf(setting['proxy']),
      testModel: textOf(row['test_model']),
      keys,
      note: textOf(row['remark']) || name,
      tag: textOf(row['tag']),
      isEnabled: stateOf(row['status']) !== 'disabled',
      models: listedModels(row).filter((model) => !loops.includes(model)),
      sentAs: sentAs(row, type, ends),
      groups: listedGroups(row),
      priority: numberOf(row['priority']) ?? 0,
      weight: numberOf(row['weight']) ?? 0,
    },
  ];
}

/** One a line, or a JSON list. Of a channel with many keys each has a state of its own, by its place. */
function keysOf(row: SourceRow): ChannelKey[] {
  const info = objectOf(jsonOf(row['channel_info']));
  const isMany = flagOf(info['is_multi_key']);
  const states = objectOf(info['multi_key_status_list']);
  const own = keyStateOf(row);
  return placesOf(row['key'])
    .map((value, place) => ({
      value,
      state: isMany ? stateOfPlace(own, states[String(place)]) : own,
    }))
    .filter(({ value }) => value !== '');
}

/** A channel switches itself off once all of its keys are off, also where a person has disabled some. */
function stateOfPlace(channel: MovedKey['state'], status: unknown): MovedKey['state'] {
  const own = stateOf(status);
  return channel === 'active' || own === 'disabled' ? own : channel;
}

/** Blank lines between keys have a place of their own there, those around all of them have none. */
function placesOf(cell: unknown): string[] {
  const text = textOf(cell);
  const listed = text.startsWith('[') ? listOf(jsonOf(text)).map(textOf) : [];
  if (listed.length > 0) return listed;
  const lines = (typeof cell === 'string' ? cell : text).split('\n');
  const first = lines.findIndex((line) => line !== '');
  return first === -1 ? [] : lines.slice(first).map((line) => line.trim());
}

/** Behind a stroke there may be the name of an app, which goes into a header there. */
function withoutApp(builder: PlanBuilder, key: ChannelKey, name: string): ChannelKey {
  const [value = '', app] = key.value.split('|');
  if (app !== undefined) builder.remarks.add('the app of a key does not come over', name);
  return { ...key, value };
}

function addressOf(row: SourceRow, type: number, kind: ChannelKind): string | undefined {
  const host = hostOf(row, kind);
  const plan = entryOf(NEW_API_PLANS, host);
  if (plan !== undefined) return plan;
  if (type !== CUSTOM) return baseUrlOf(row, type, kind);
  // A whole address, for all requests alike.
  return host.includes('{model}')
    ? undefined
    : host.replace(/\/(chat\/completions|completions|embeddings)$/, '');
}

function headersOf(builder: PlanBuilder, row: SourceRow, name: string): Record<string, string> {
  const organization = textOf(row['open_ai_organization']);
  const headers: Record<string, string> = organization === '' ? {} : { 'OpenAI-Organization': organization };
  for (const [header, value] of Object.entries(objectOf(jsonOf(row['header_override'])))) {
    if (PASSED_ON.test(header))
      builder.remarks.add(
        'rule left out: headers of clients are not passed on by rules here',
        `${name}: ${header}`,
      );
    else if (typeof value === 'string' && !VARIABLE.test(value)) headers[header] = value;
    else builder.remarks.add('header left out: it has a variable in it, or is no text', `${name}: ${header}`);
  }
  return headers;
}

/** What that program adds to the address of requests of Anthropic's protocol. */
function queryOf(row: SourceRow, type: number): Record<string, string> {
  const isBeta = type === CLAUDE && objectOf(jsonOf(row['settings']))['claude_beta_query'] === true;
  return isBeta ? { beta: 'true' } : {};
}

function sentAs(
  row: SourceRow,
  type: number,
  ends: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const isOld = (numberOf(row['created_time']) ?? 0) < DOTS_SINCE;
  return type === AZURE && isOld ? deploymentsOf(row, ends) : ends;
}

/** What each model becomes at last: a new name may be mapped again. That program refuses a model that goes round. */
function followed(models: readonly string[], mapping: ReadonlyMap<string, string>) {
  const ends = new Map<string, string>();
  const loops: string[] = [];
  for (const model of models) {
    const seen = new Set([model]);
    let end = model;
    for (let next = mapping.get(end); next !== undefined && !seen.has(next); next = mapping.get(end)) {
      seen.add(next);
      end = next;
    }
    if (mapping.has(end)) loops.push(model);
    else if (end !== model) ends.set(model, end);
  }
  return { ends, loops };
}

const LEFT_OUT: readonly (readonly [column: string, words: string])[] = [
  ['param_override', 'parameters that are set in each body do not come over'],
  ['status_code_mapping', 'a mapping of status codes does not come over'],
];
const JSON_COLUMNS = [
  'model_mapping',
  'setting',
  'settings',
  'header_override',
  'channel_info',
  'param_override',
];

function remarkOn(builder: PlanBuilder, row: SourceRow, name: string, type: number): void {
  if (type === AZURE)
    builder.remarks.add('Azure is asked by its v1 API, so the version of the API does not come over', name);
  for (const [column, words] of LEFT_OUT) {
    if (Object.keys(objectOf(jsonOf(row[column]))).length > 0) builder.remarks.add(words, name);
  }
  if (numberOf(row['auto_ban']) === 0)
    builder.remarks.add('keys are disabled after MAX_FAILURES here, and were never there', name);
  for (const column of JSON_COLUMNS.filter((one) => isBrokenJson(row[one])))
    builder.remarks.add(`part of a channel left out: it is no JSON: ${column}`, name);
  const settings = { ...objectOf(jsonOf(row['setting'])), ...objectOf(jsonOf(row['settings'])) };
  const isSet = (one: unknown): boolean => ![false, '', null].includes(one as null);
  const used = Object.keys(settings).filter((one) => isSet(settings[one]) && !isAsThere(one, type));
  if (used.length > 0)
    builder.remarks.add(`settings of a channel that do not come over: ${used.sort().join(', ')}`, name);
}

/** Fields of requests that may pass there pass here anyway, and some settings only note what was found last. */
function isAsThere(setting: string, type: number): boolean {
  if (setting === 'claude_beta_query') return type === CLAUDE;
  return setting === 'proxy' || /^(allow_|upstream_model_update_(last|ignored)_)/.test(setting);
}
