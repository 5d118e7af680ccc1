import { createHash } from 'node:crypto';
import { keyHint } from '../../balancer/attribution/key-hint';
import type { MovedKey, MovingPlan } from '../plan';
import { PlanBuilder } from '../plan-builder';
import {
  entryOf,
  flagOf,
  isBrokenJson,
  isObject,
  jsonOf,
  listOf,
  numberOf,
  objectOf,
  setNumberOf,
  split,
  textOf,
} from '../rows';
import type { JsonObject, SourceRow, SourceTables } from '../rows';
import type { Source, WantedTable } from '../source';
import {
  addRoutes,
  membersOf,
  redirectsOf,
  refsOf,
  type Group,
  type Members,
  type Upstream,
} from './gpt-load-1-routes';
import { gptLoadUnseal, looksSealed, type Unseal } from './gpt-load-secrets';

/** Of 1.4.9; older versions lack `notes`, `header_rules`, `model_redirect_rules` or the sub-groups. */
export const TABLES: readonly WantedTable[] = [
  {
    name: 'groups',
    columns: [
      'id',
      'name',
      'display_name',
      'proxy_keys',
      'description',
      'group_type',
      'upstreams',
      'validation_endpoint',
      'channel_type',
      'sort',
      'test_model',
      'param_overrides',
      'config',
      'header_rules',
      'model_redirect_rules',
      'model_redirect_strict',
    ],
  },
  { name: 'api_keys', columns: ['id', 'key_value', 'key_hash', 'group_id', 'status', 'notes'] },
  { name: 'system_settings', columns: ['setting_key', 'setting_value'] },
  { name: 'group_sub_groups', columns: ['group_id', 'sub_group_id', 'weight'] },
];

/** What a channel type is without a `validation_endpoint` of its own, behind the address of the upstream. */
const CHANNELS: Readonly<Record<string, { readonly path: string; readonly auth: string }>> = {
  openai: { path: '/v1', auth: 'bearer' },
  'openai-response': { path: '/v1', auth: 'bearer' },
  anthropic: { path: '/v1', auth: 'x-api-key' },
  gemini: { path: '/v1beta/openai', auth: 'x-goog-api-key' },
};
const ENDPOINT = /\/(chat\/completions|responses|messages|embeddings|completions)\/?$/;
/** What that program does unless it is told otherwise. */
const DEFAULTS: JsonObject = { max_retries: 3, blacklist_threshold: 3, response_header_timeout: 600 };
/** Settings of a group that mean something here. */
const TAKEN = ['max_retries', 'blacklist_threshold', 'response_header_timeout', 'proxy_url'];
const VARIABLE = /\$\{[A-Z_]+\}/;

export function readGptLoad1({ tables, encryptionKey }: Source): MovingPlan {
  const builder = new PlanBuilder();
  const rows = [...(tables.get('groups') ?? [])].sort(
    (a, b) => (numberOf(a['sort']) ?? 0) - (numberOf(b['sort']) ?? 0),
  );
  const settings = settingsOf(tables);
  const isAggregate = (row: SourceRow): boolean => textOf(row['group_type']) === 'aggregate';
  const groups = new Map<string, Group>();
  for (const row of rows.filter((one) => !isAggregate(one))) {
    const group = addGroup(builder, row, settings);
    groups.set(group.id, group);
  }
  addKeys(builder, tables.get('api_keys') ?? [], groups, keyReader(builder, encryptionKey));
  const members = membersOf(tables);
  addRoutes(builder, groups, { aggregates: rows.filter(isAggregate), members });
  remarkOnSettings(builder, settings);
  addTokens(builder, rows, settings, (id) => refsBelow(id, groups, members));
  return builder.build();
}

function settingsOf(tables: SourceTables): ReadonlyMap<string, string> {
  const rows = tables.get('system_settings') ?? [];
  return new Map(rows.map((row) => [textOf(row['setting_key']), textOf(row['setting_value'])]));
}

/** What it has there by itself, of what requests and tests of keys go by. */
const USUAL: Readonly<Record<string, string>> = {
  request_timeout: '600',
  connect_timeout: '15',
  idle_conn_timeout: '120',
  max_idle_conns: '100',
  max_idle_conns_per_host: '50',
  failover_status_codes: '400-403,405-999',
  key_validation_interval_minutes: '60',
  key_validation_concurrency: '10',
  key_validation_timeout_seconds: '20',
};

function remarkOnSettings(builder: PlanBuilder, settings: ReadonlyMap<string, string>): void {
  for (const [name, usual] of Object.entries(USUAL)) {
    const text = settings.get(name) ?? '';
    if (text !== '' && text !== usual) builder.remarks.add(`setting that does not come over: ${name}`, '');
  }
}

function addGroup(builder: PlanBuilder, row: SourceRow, settings: ReadonlyMap<string, string>): Group {
  const id = textOf(row['id']);
  const name = textOf(row['name']);
  const channel = entryOf(CHANNELS, textOf(row['channel_type']));
  const testModel = textOf(row['test_model']);
  const redirects = redirectsOf(row);
  if (channel === undefined) {
    builder.remarks.add(
      `group left out: its channel type '${textOf(row['channel_type'])}' is not known`,
      name,
    );
    return { id, name, upstreams: [], redirects, testModel };
  }
  const given = upstreamsOf(builder, row, name);
  if (given.length === 0) builder.remarks.add('group left out: it has no upstream', name);
  const config = { ...DEFAULTS, ...Object.fromEntries(settings), ...objectOf(jsonOf(row['config'])) };
  const own = {
    auth: channel.auth,
    headers: headersOf(builder, row, name),
    testModel,
    ...policyOf(builder, config, name),
  };
  const upstreams = given.flatMap(({ url, weight }, index): Upstream[] => {
    const shown = textOf(row['display_name']) || name;
    const ref = builder.addProvider({
      ...own,
      ref: `${id}.${index}`,
      slug: index === 0 ? name : `${name}-${index + 1}`,
      name: index === 0 ? shown : `${shown} ${index + 1}`,
      baseUrl: url.replace(/\/+$/, '') + pathOf(textOf(row['validation_endpoint']), channel.path),
    });
    return ref === undefined ? [] : [{ ref, weight }];
  });
  const group = { id, name, upstreams, redirects, testModel };
  const refs = refsOf(group);
  remarkOn(builder, row, name, refs);
  refs.forEach((ref) => builder.setFallbacks(ref, refs));
  return group;
}

/** The heaviest first. One of weight 0 is never asked there. */
function upstreamsOf(
  builder: PlanBuilder,
  row: SourceRow,
  name: string,
): { readonly url: string; readonly weight: number }[] {
  const listed = listOf(jsonOf(row['upstreams'])).filter(isObject);
  const weighed = listed.map((one) => ({ url: textOf(one['url']), weight: numberOf(one['weight']) ?? 1 }));
  const off = weighed.filter(({ url, weight }) => url !== '' && weight <= 0).length;
  if (off > 0)
    builder.remarks.add('upstream left out: its weight is 0, so that program never asks it', name, off);
  return weighed.filter(({ url, weight }) => url !== '' && weight > 0).sort((a, b) => b.weight - a.weight);
}

/** Clients of that program send the whole path behind the upstream; the endpoint that is tested tells its beginning. */
function pathOf(endpoint: string, usual: string): string {
  const path = endpoint.split('?')[0] ?? '';
  return ENDPOINT.test(path) ? path.replace(ENDPOINT, '').replace(/^(?=[^/])/, '/') : usual;
}

function headersOf(builder: PlanBuilder, row: SourceRow, name: string): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const rule of listOf(jsonOf(row['header_rules'])).filter(isObject)) {
    const [key, value] = [textOf(rule['key']), textOf(rule['value'])];
    const item = `${name}: ${key}`;
    if (textOf(rule['action']) === 'remove')
      builder.remarks.add('rule left out: headers cannot be removed here', item);
    else if (VARIABLE.test(value))
      builder.remarks.add('rule left out: its header has a variable in it', item);
    else headers[key] = value;
  }
  return headers;
}

function policyOf(builder: PlanBuilder, config: JsonObject, name: string) {
  const changed = (setting: string): number | null => {
    const value = setNumberOf(config[setting]);
    return value === DEFAULTS[setting] ? null : value;
  };
  const proxy = textOf(config['proxy_url']);
  const isNeverDisabled = numberOf(config['blacklist_threshold']) === 0;
  if (isNeverDisabled)
    builder.remarks.add('keys are disabled after MAX_FAILURES here, and were never there', name);
  return {
    maxRetries: changed('max_retries'),
    maxFailures: isNeverDisabled ? null : changed('blacklist_threshold'),
    timeoutSeconds: changed('response_header_timeout'),
    proxies: proxy === '' ? [] : [proxy],
  };
}

const JSON_COLUMNS = ['upstreams', 'param_overrides', 'config', 'header_rules', 'model_redirect_rules'];

function remarkOn(builder: PlanBuilder, row: SourceRow, name: string, refs: readonly string[]): void {
  for (const column of JSON_COLUMNS.filter((one) => isBrokenJson(row[one])))
    builder.remarks.add(`part of a group left out: it is no JSON: ${column}`, name);
  if (Object.keys(objectOf(jsonOf(row['param_overrides']))).length > 0)
    builder.remarks.add('parameters that are set in each body do not come over', name);
  if (refs.length > 1)
    builder.remarks.add(
      'upstreams become providers that fall back to one another; their weights count in routes alone',
      name,
    );
  if (flagOf(row['model_redirect_strict']))
    builder.remarks.add('a strict list of models does not come over: other models are passed on', name);
  const others = Object.keys(objectOf(jsonOf(row['config']))).filter((setting) => !TAKEN.includes(setting));
  if (others.length > 0)
    builder.remarks.add(`settings of a group that do not come over: ${others.sort().join(', ')}`, name);
  if (textOf(row['channel_type']) === 'gemini')
    builder.remarks.add(
      "Google's own clients ask below /{provider}/v1beta here, those of OpenAI below /{provider}/v1",
      name,
    );
}

/** A key as it is sent; undefined, with a remark, if it cannot be read. */
type ReadKey = (row: SourceRow, item: string) => string | undefined;

function keyReader(builder: PlanBuilder, encryptionKey: string): ReadKey {
  const unseal: Unseal = encryptionKey === '' ? () => undefined : gptLoadUnseal(encryptionKey, 1);
  return (row, item) => {
    const text = textOf(row['key_value']);
    const value = isPlain(text, row['key_hash']) ? text : unseal(text);
    if (value !== undefined) return value;
    const why =
      encryptionKey === ''
        ? 'and no ENCRYPTION_KEY was given'
        : 'with another ENCRYPTION_KEY than the one given';
    builder.remarks.add(`key left out: it is encrypted, ${why}`, item);
    return undefined;
  };
}

/**
 * Of a key that is not encrypted the hash is a plain one; a key of a provider can be all hex digits too. Versions that
 * have no hashes encrypt nothing.
 */
function isPlain(text: string, hash: unknown): boolean {
  if (hash === undefined || !looksSealed(text)) return true;
  return createHash('sha256').update(text).digest('hex') === hash;
}

const STATES: Readonly<Record<string, MovedKey['state']>> = { active: 'active', invalid: 'found_dead' };

function addKeys(
  builder: PlanBuilder,
  rows: readonly SourceRow[],
  groups: ReadonlyMap<string, Group>,
  read: ReadKey,
): void {
  for (const row of rows) {
    const group = groups.get(textOf(row['group_id']));
    if (group === undefined || group.upstreams.length === 0) {
      builder.remarks.add(
        'key left out: its group does not come over',
        group?.name ?? `group ${textOf(row['group_id'])}`,
      );
      continue;
    }
    const value = read(row, group.name);
    if (value === undefined) continue;
    const state = entryOf(STATES, textOf(row['status'])) ?? 'disabled';
    for (const ref of refsOf(group)) builder.addKey(ref, { value, note: textOf(row['notes']), state });
  }
}

function refsBelow(id: string, groups: ReadonlyMap<string, Group>, members: Members): string[] {
  const ids = [id, ...(members.get(id) ?? []).map((member) => member.id)];
  return ids.flatMap((one) => groups.get(one) ?? []).flatMap(refsOf);
}

function addTokens(
  builder: PlanBuilder,
  rows: readonly SourceRow[],
  settings: ReadonlyMap<string, string>,
  refs: (groupId: string) => readonly string[],
): void {
  for (const value of split(settings.get('proxy_keys')))
    builder.tokens.add({ value, name: `gpt-load ${keyHint(value)}` });
  for (const row of rows) {
    const name = textOf(row['name']);
    const providers = refs(textOf(row['id']));
    for (const value of split(row['proxy_keys'])) {
      // Without its group it would open everything.
      if (providers.length === 0)
        builder.remarks.add('client token left out: its group does not come over', name);
      else builder.tokens.add({ value, name: `${name} ${keyHint(value)}`, providers });
    }
  }
}
