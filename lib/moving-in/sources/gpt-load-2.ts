import type { MovingPlan } from '../plan';
import { PlanBuilder } from '../plan-builder';
import { flagOf, isBrokenJson, isObject, jsonOf, listOf, numberOf, objectOf, textOf } from '../rows';
import type { JsonObject, SourceRow } from '../rows';
import type { Source, WantedTable } from '../source';
import { UnreadableSource } from '../source';
import { gptLoadUnseal, type Unseal } from './gpt-load-secrets';

/** Of 2.0.0-dev (July 2026). */
export const TABLES: readonly WantedTable[] = [
  {
    name: 'groups',
    columns: [
      'id',
      'name',
      'upstream_url',
      'protocols',
      'models',
      'convert_enabled',
      'weight_manual',
      'validation_model',
      'config',
      'enabled',
    ],
  },
  { name: 'upstream_keys', columns: ['id', 'group_id', 'key_value', 'status', 'weight_manual'] },
  {
    name: 'access_keys',
    columns: [
      'id',
      'name',
      'key_value',
      'status',
      'filters',
      'rpm_limit',
      'daily_cost_limit',
      'monthly_cost_limit',
    ],
  },
];

/** A group that speaks several is asked in the first of these. */
const PROTOCOLS = {
  openai: { path: '/v1', auth: 'bearer' },
  anthropic: { path: '/v1', auth: 'x-api-key' },
  gemini: { path: '/v1beta/openai', auth: 'x-goog-api-key' },
} as const;
const ORDER = ['openai', 'anthropic', 'gemini'] as const;
const WEIGHT = 50;
/** Of the filters of an access key. */
const LISTS = ['groups', 'models'];

export function readGptLoad2({ tables, encryptionKey }: Source): MovingPlan {
  if (encryptionKey === '') {
    throw new UnreadableSource(
      'gpt-load 2 encrypts all keys: give its ENCRYPTION_KEY, or its file `encryption.key` as --encryption-key-file.',
    );
  }
  const unseal = gptLoadUnseal(encryptionKey, 2);
  const builder = new PlanBuilder();
  const rows = tables.get('groups') ?? [];
  const names = new Map(rows.map((row) => [textOf(row['id']), textOf(row['name'])]));
  const refs = new Map(rows.map((row) => [textOf(row['id']), addGroup(builder, row)]));
  const keys = tables.get('upstream_keys') ?? [];
  const weighed = new Set(keys.filter(hasWeight).map((row) => textOf(row['group_id'])));
  for (const row of keys) {
    const usual = weighed.has(textOf(row['group_id'])) ? WEIGHT : 1;
    addKey(builder, row, { refs, names, unseal, usual });
  }
  for (const row of tables.get('access_keys') ?? []) addToken(builder, row, refs, unseal);
  return builder.build();
}

function addGroup(builder: PlanBuilder, row: SourceRow): string | undefined {
  const name = textOf(row['name']);
  const spoken = listOf(jsonOf(row['protocols'])).map(textOf);
  const protocol = ORDER.find((one) => spoken.includes(one));
  if (protocol === undefined) {
    builder.remarks.add('group left out: none of its protocols is known', name);
    return undefined;
  }
  const others = spoken.filter((one) => one !== protocol);
  if (others.length > 0)
    builder.remarks.add(
      `a group becomes a provider of its first protocol; not of: ${others.join(', ')}`,
      name,
    );
  if (flagOf(row['convert_enabled']))
    builder.remarks.add('requests are not translated between protocols here', name);
  const settings = Object.keys(objectOf(jsonOf(row['config'])));
  if (settings.length > 0)
    builder.remarks.add(`settings of a group that do not come over: ${settings.sort().join(', ')}`, name);
  const { path, auth } = PROTOCOLS[protocol];
  const ref = builder.addProvider({
    ref: textOf(row['id']),
    slug: name,
    name,
    baseUrl: textOf(row['upstream_url']).replace(/\/+$/, '') + path,
    auth,
    isEnabled: flagOf(row['enabled'] ?? true),
    testModel: textOf(row['validation_model']),
  });
  if (ref !== undefined) addModels(builder, ref, row, name);
  return ref;
}

function addModels(builder: PlanBuilder, provider: string, row: SourceRow, name: string): void {
  const weight = numberOf(row['weight_manual']) ?? WEIGHT;
  if (weight <= 0) {
    builder.remarks.add('group with weight 0: no route leads to it', name);
    return;
  }
  for (const model of listOf(jsonOf(row['models'])).filter(isObject)) {
    const id = textOf(model['id']);
    const asked = textOf(model['alias']) || id;
    const sent = asked === id ? null : id;
    builder.routes.add(asked, { provider, model: sent, weight: builder.weight(weight, name), tier: 1 });
  }
}

const hasWeight = (row: SourceRow): boolean => numberOf(row['weight_manual']) !== undefined;

interface KeyReading {
  readonly refs: ReadonlyMap<string, string | undefined>;
  readonly names: ReadonlyMap<string, string>;
  readonly unseal: Unseal;
  /** The weight of keys that nobody has given one. */
  readonly usual: number;
}

function addKey(builder: PlanBuilder, row: SourceRow, { refs, names, unseal, usual }: KeyReading): void {
  const id = textOf(row['group_id']);
  const name = names.get(id) ?? `group ${id}`;
  const ref = refs.get(id);
  const value = unseal(textOf(row['key_value']));
  if (ref === undefined) builder.remarks.add('key left out: its group does not come over', name);
  else if (value === undefined)
    builder.remarks.add('key left out: it is encrypted with another ENCRYPTION_KEY', name);
  else {
    const weight = numberOf(row['weight_manual']);
    if (weight === 0) builder.remarks.add('key with weight 0: it comes over disabled', name);
    builder.addKey(ref, {
      value,
      weight: weight ?? usual,
      state: textOf(row['status']) === 'active' && weight !== 0 ? 'active' : 'disabled',
    });
  }
}

function addToken(
  builder: PlanBuilder,
  row: SourceRow,
  refs: ReadonlyMap<string, string | undefined>,
  unseal: Unseal,
): void {
  const name = textOf(row['name']);
  const value = unseal(textOf(row['key_value']));
  if (value === undefined) {
    builder.remarks.add('client token left out: it is encrypted with another ENCRYPTION_KEY', name);
    return;
  }
  const filters = filtersOf(row);
  if (filters === undefined) {
    builder.remarks.add('client token left out: its filters cannot be read', name);
    return;
  }
  const groups = listOf(filters['groups']).map(textOf);
  const providers = groups.flatMap((id) => refs.get(id) ?? []);
  if (groups.length > 0 && providers.length === 0) {
    builder.remarks.add('client token left out: none of its groups comes over', name);
    return;
  }
  if (listOf(filters['protocols']).length > 0)
    builder.remarks.add('a client token cannot be kept to protocols here', name);
  const [daily = 0, monthly = 0] = ['daily_cost_limit', 'monthly_cost_limit'].map(
    (one) => numberOf(row[one]) ?? 0,
  );
  if (daily > 0 && monthly > 0)
    builder.remarks.add('a client token has one budget here: that of the day', name);
  const rpm = numberOf(row['rpm_limit']) ?? 0;
  builder.tokens.add({
    name,
    value,
    isEnabled: textOf(row['status']) === 'active',
    models: listOf(filters['models']).map(textOf),
    providers,
    limits: rpm > 0 ? { requestsPerMinute: rpm } : {},
    budget: budgetOf(daily, monthly),
  });
}

/** undefined if it is not known what it keeps out. */
function filtersOf(row: SourceRow): JsonObject | undefined {
  const filters = objectOf(jsonOf(row['filters']));
  const isOdd = isBrokenJson(row['filters']) || LISTS.some((one) => !Array.isArray(filters[one] ?? []));
  return isOdd ? undefined : filters;
}

function budgetOf(daily: number, monthly: number) {
  if (daily > 0) return { amount: daily, unit: 'usd', period: 'day' } as const;
  return monthly > 0 ? ({ amount: monthly, unit: 'usd', period: 'month' } as const) : null;
}
