import { PlanBuilder } from '../plan-builder';
import { isBrokenJson, isHollow, jsonOf, numberOf, objectOf, split, textOf } from '../rows';
import type { SourceRow } from '../rows';
import { UnreadableSource, type SourceProgram } from '../source';
import { cloudflareKind, ONE_API_KINDS, type ChannelKind } from './channel-kinds';
import {
  addChannels,
  baseUrlOf,
  byId,
  listedGroups,
  listedModels,
  deploymentsOf,
  keyStateOf,
  mappingOf,
  stateOf,
  type Channel,
} from './channels';
import { addQuotaTokens } from './quota-tokens';

const AZURE = 3;
const CLOUDFLARE = 37;

/** Columns that new-api has and one-api has not: those of the keys of a channel came last. */
const NEW_API_CHANNELS = ['setting', 'channel_info'];
const NEW_API_TOKENS = ['model_limits', 'allow_ips', 'group'];

/** one-api 0.6. */
export const oneApi: SourceProgram = {
  title: 'one-api',
  tables: [
    {
      name: 'channels',
      columns: [
        'id',
        'type',
        'key',
        'status',
        'name',
        'weight',
        'base_url',
        'other',
        'models',
        'group',
        'model_mapping',
        'priority',
        'config',
        'system_prompt',
        'tag',
        ...NEW_API_CHANNELS,
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
        'models',
        'subnet',
        ...NEW_API_TOKENS,
      ],
    },
    { name: 'users', columns: ['id', 'status', 'group', 'quota'] },
    { name: 'options', columns: ['key', 'value'] },
  ],
  takesConfig: false,
  read({ tables }) {
    const rows = tables.get('channels');
    if (rows === undefined)
      throw new UnreadableSource('There is no table `channels` in it: it is not of one-api.');
    if (isOfNewApi(rows[0], tables.get('tokens')?.[0]))
      throw new UnreadableSource(
        'It is of new-api: numbers of channels mean other things there. Use `import-from new-api`.',
      );
    const builder = new PlanBuilder();
    const served = addChannels(
      builder,
      byId(rows).flatMap((row) => channelOf(builder, row)),
    );
    addQuotaTokens({
      builder,
      tables,
      served,
      rulesOf: (row) => ({
        models: split(row['models']),
        allowedIps: split(row['subnet']),
        isForNothing: isHollow(row['models']) || isHollow(row['subnet']),
      }),
    });
    return builder.build();
  },
};

function isOfNewApi(channel: SourceRow = {}, token: SourceRow = {}): boolean {
  return NEW_API_CHANNELS.some((one) => one in channel) || NEW_API_TOKENS.some((one) => one in token);
}

function channelOf(builder: PlanBuilder, row: SourceRow): Channel[] {
  const name = textOf(row['name']) || `channel ${textOf(row['id'])}`;
  const type = numberOf(row['type']) ?? 0;
  const found = ONE_API_KINDS[type] ?? (type === CLOUDFLARE ? cloudflare(row) : undefined);
  const keys = split(row['key'], '\n');
  const mapping = mappingOf(row['model_mapping']);
  if (found === undefined) {
    builder.remarks.add(`channel left out: its type ${type} has a protocol of its own`, name);
    builder.remarks.add('key left out: its channel does not come over', name, keys.length);
    return [];
  }
  const baseUrl = baseUrlOf(row, type, found);
  if (baseUrl === undefined) {
    builder.remarks.add('channel left out: its address is made for each model', name);
    builder.remarks.add('key left out: its channel does not come over', name, keys.length);
    return [];
  }
  if (type === AZURE)
    builder.remarks.add('Azure is asked by its v1 API, so the version of the API does not come over', name);
  if (isBrokenJson(row['model_mapping']))
    builder.remarks.add('part of a channel left out: it is no JSON: model_mapping', name);
  if (textOf(row['system_prompt']) !== '') builder.remarks.add('a system prompt does not come over', name);
  return [
    {
      name,
      kind: found,
      baseUrl,
      headers: {},
      query: {},
      proxy: '',
      testModel: '',
      keys: keys.map((value) => ({ value, state: keyStateOf(row) })),
      note: name,
      tag: textOf(row['tag']),
      isEnabled: stateOf(row['status']) !== 'disabled',
      models: listedModels(row),
      // One step, whatever the new name is mapped to.
      sentAs: type === AZURE ? deploymentsOf(row, mapping) : mapping,
      groups: listedGroups(row),
      priority: numberOf(row['priority']) ?? 0,
      // That program has the column, and chooses at random all the same.
      weight: 0,
    },
  ];
}

function cloudflare(row: SourceRow): ChannelKind | undefined {
  return cloudflareKind(textOf(objectOf(jsonOf(row['config']))['user_id']) || textOf(row['other']));
}
