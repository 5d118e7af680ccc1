import type { MovedKey } from '../plan';
import type { PlanBuilder } from '../plan-builder';
import { jsonOf, numberOf, objectOf, split, textOf } from '../rows';
import type { SourceRow } from '../rows';
import { cloudflareGatewayUrl, type ChannelKind } from './channel-kinds';

/** A channel of one-api or new-api, once what the two have in common has been read. */
export interface Channel {
  readonly name: string;
  readonly kind: ChannelKind;
  /** Up to what OpenAI has below `/v1`. */
  readonly baseUrl: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly proxy: string;
  readonly testModel: string;
  readonly keys: readonly Pick<MovedKey, 'value' | 'state'>[];
  readonly note: string;
  /** Empty for none. */
  readonly tag: string;
  readonly isEnabled: boolean;
  readonly models: readonly string[];
  /** Models that it is sent under another name. */
  readonly sentAs: ReadonlyMap<string, string>;
  readonly groups: readonly string[];
  readonly priority: number;
  readonly weight: number;
}

/** Names of models have no more characters here. */
const MODEL_MAX = 191;

/** `status` of channels, and of single keys. */
const STATES: Readonly<Record<number, MovedKey['state']>> = { 1: 'active', 2: 'disabled', 3: 'found_dead' };

export function stateOf(status: unknown): MovedKey['state'] {
  return STATES[numberOf(status) ?? 1] ?? 'disabled';
}

/** What the state of a channel says of its keys: where it was switched off, that is no matter of the keys. */
export function keyStateOf(row: SourceRow): MovedKey['state'] {
  const state = stateOf(row['status']);
  return state === 'disabled' ? 'active' : state;
}

export function mappingOf(cell: unknown): Map<string, string> {
  const pairs = Object.entries(objectOf(jsonOf(cell))).map(([from, to]) => [from, textOf(to)] as const);
  return new Map(pairs.filter(([from, to]) => to !== '' && to !== from));
}

/** What the models of an Azure channel are called where deployments have no dots in their names. */
export function deploymentsOf(row: SourceRow, mapping: ReadonlyMap<string, string>): Map<string, string> {
  const sent = listedModels(row).map(
    (model) => [model, (mapping.get(model) ?? model).replaceAll('.', '')] as const,
  );
  return new Map(sent.filter(([model, deployment]) => model !== deployment));
}

/** Up to what OpenAI has below `/v1`; undefined if there is no such address for all models. */
export function baseUrlOf(row: SourceRow, type: number, kind: ChannelKind): string | undefined {
  const host = hostOf(row, kind);
  const gateway = cloudflareGatewayUrl(host, type);
  return gateway === undefined ? host + kind.path : gateway.url;
}

/** The address of a channel without what its requests begin with; an empty one is that of its kind. */
export function hostOf(row: SourceRow, kind: ChannelKind): string {
  const own = textOf(row['base_url']).replace(/\/+$/, '');
  return own === '' ? kind.host : own;
}

/** Rows as they were made: only SQLite gives them so by itself. */
export function byId(rows: readonly SourceRow[]): SourceRow[] {
  return rows.toSorted((a, b) => (numberOf(a['id']) ?? 0) - (numberOf(b['id']) ?? 0));
}

export const listedModels = (row: SourceRow): string[] => [...new Set(split(row['models']))];
export const listedGroups = (row: SourceRow): string[] => split(row['group'] ?? 'default');

/** The groups that each provider of the plan serves, and the models that it serves them, by what names it there. */
export type ServedByProviders = ReadonlyMap<string, Pick<Channel, 'groups' | 'models'>>;

/**
 * Channels that differ in nothing but their keys, weights and whether they are on become one provider. Each model
 * becomes a route to all that serve it: a priority is a tier, the highest first. `patterns` are the models whose `*` is
 * any text there.
 */
export function addChannels(
  builder: PlanBuilder,
  channels: readonly Channel[],
  patterns: readonly string[] = [],
): ServedByProviders {
  const served = new Map<string, Pick<Channel, 'groups' | 'models'>>();
  const isName = (model: string): boolean =>
    model.length <= MODEL_MAX && (!model.includes('*') || patterns.includes(model));
  for (const same of alikeOf(channels)) {
    const [first] = same;
    if (first === undefined) continue;
    const ref = builder.addProvider({
      name: first.name || first.kind.name,
      baseUrl: first.baseUrl,
      auth: first.kind.auth,
      headers: first.headers,
      query: first.query,
      proxies: first.proxy === '' ? [] : [first.proxy],
      testModel: first.testModel,
      isEnabled: same.some(({ isEnabled }) => isEnabled),
    });
    const keys = same.reduce((sum, channel) => sum + channel.keys.length, 0);
    if (ref === undefined) {
      builder.remarks.add('key left out: its channel does not come over', first.name, keys);
      continue;
    }
    served.set(ref, { groups: first.groups, models: first.models.filter(isName) });
    for (const channel of same) addChannelKeys(builder, ref, channel, same);
    addChannelRoutes(builder, ref, same, patterns);
  }
  return served;
}

function alikeOf(channels: readonly Channel[]): Channel[][] {
  const groups = new Map<string, Channel[]>();
  for (const channel of channels) {
    const likeness = likenessOf(channel);
    const group = groups.get(likeness);
    if (group === undefined) groups.set(likeness, [channel]);
    else group.push(channel);
  }
  return [...groups.values()];
}

function likenessOf({
  kind,
  baseUrl,
  headers,
  query,
  proxy,
  testModel,
  models,
  sentAs,
  groups,
  priority,
}: Channel): string {
  const lists = [[...models].sort(), [...sentAs].sort(), [...groups].sort()];
  return JSON.stringify([kind.name, baseUrl, headers, query, proxy, testModel, ...lists, priority]);
}

/** Each key has the weight of its channel. Keys of a channel that is off are off, unless the whole provider is. */
function addChannelKeys(builder: PlanBuilder, ref: string, channel: Channel, same: readonly Channel[]): void {
  const isWeighed = same.some(({ weight }) => weight > 0);
  if (isWeighed && channel.weight === 0)
    builder.remarks.add('channel with weight 0 beside others: its keys have weight 1', channel.name);
  const isOff = !channel.isEnabled && same.some(({ isEnabled }) => isEnabled);
  for (const { value, state } of channel.keys) {
    builder.addKey(ref, {
      value,
      note: channel.note,
      tags: channel.tag === '' ? [] : [channel.tag],
      weight: isWeighed ? channel.weight : 1,
      state: isOff ? 'disabled' : state,
    });
  }
}

function addChannelRoutes(
  builder: PlanBuilder,
  provider: string,
  same: readonly Channel[],
  patterns: readonly string[],
): void {
  const [first] = same;
  if (first === undefined) return;
  const { models, sentAs, priority, name } = first;
  const total = same.reduce((sum, { weight }) => sum + weight, 0);
  for (const model of models) {
    const isPattern = patterns.includes(model);
    const target = {
      provider,
      // The name that is asked is looked up there, and not the pattern.
      model: isPattern ? null : (sentAs.get(model) ?? null),
      weight: builder.weight(Math.max(total, same.length), name),
      // The lowest number is the first.
      tier: -priority,
    };
    builder.routes.add(model, target, isPattern ? 'pattern' : 'name');
  }
}
