import { PlanBuilder } from '../plan-builder';
import { isObject, listOf, objectOf, setNumberOf, textOf } from '../rows';
import { UnreadableSource, type Source, type SourceProgram } from '../source';
import type { MovedTarget } from '../plan';
import { deploymentOf, type Deployment } from './litellm-deployments';
import { litellmParts, type LitellmParts } from './litellm-parts';

/** LiteLLM 1.x: its config.yaml, its PostgreSQL database, or both. */
export const litellm: SourceProgram = {
  title: 'LiteLLM',
  tables: [
    { name: 'LiteLLM_ProxyModelTable', columns: ['model_id', 'model_name', 'litellm_params', 'blocked'] },
    { name: 'LiteLLM_CredentialsTable', columns: ['credential_name', 'credential_values'] },
    { name: 'LiteLLM_Config', columns: ['param_name', 'param_value'] },
    { name: 'LiteLLM_VerificationToken', columns: ['key_name', 'key_alias'] },
    { name: 'LiteLLM_UserTable', columns: ['user_id'] },
    { name: 'LiteLLM_TeamTable', columns: ['team_id'] },
  ],
  encryptionVariable: 'LITELLM_SALT_KEY',
  takesConfig: true,
  read(source) {
    if (source.config === undefined && !source.tables.has('LiteLLM_ProxyModelTable')) {
      throw new UnreadableSource('There is no table `LiteLLM_ProxyModelTable` in it: it is not of LiteLLM.');
    }
    const builder = new PlanBuilder();
    const parts = litellmParts(source, builder);
    const deployments = parts.models.flatMap((model) => deploymentOf(builder, parts, model) ?? []);
    addProviders(builder, parts, deployments);
    addFallbacks(builder, parts);
    addTokens(builder, parts, source);
    remarkOnSettings(builder, parts, source);
    return builder.build();
  },
};

/**
 * Keys at the same address that serve the same models are one provider. Where they serve others, a key would be asked
 * for what it has not, so they are several.
 */
function addProviders(builder: PlanBuilder, parts: LitellmParts, deployments: readonly Deployment[]): void {
  const retries = setNumberOf(parts.router['num_retries'] ?? parts.common['num_retries']);
  const timeout = setNumberOf(parts.router['timeout'] ?? parts.common['request_timeout']);
  for (const keys of groupBy(groupBy(deployments, keyAt), modelsOf)) {
    const [first] = keys.flat();
    if (first === undefined) continue;
    const ref = builder.addProvider({
      name: first.kind.name,
      baseUrl: first.baseUrl,
      auth: first.kind.auth,
      headers: first.headers,
      timeoutSeconds: first.timeoutSeconds ?? timeout,
      maxRetries: retries,
    });
    if (ref === undefined) continue;
    for (const ofKey of keys) addKey(builder, ref, ofKey);
    for (const deployment of keys.flat()) addTarget(builder, ref, deployment);
  }
}

const addressOf = ({ kind, baseUrl, headers, timeoutSeconds }: Deployment): string =>
  JSON.stringify([kind.name, baseUrl, headers, timeoutSeconds]);
const keyAt = (one: Deployment): string => JSON.stringify([addressOf(one), one.key]);

function modelsOf(ofKey: readonly Deployment[]): string {
  const [first] = ofKey;
  const models = ofKey.map(({ asked, sent, order }) => JSON.stringify([asked, sent, order]));
  return JSON.stringify([first && addressOf(first), ...new Set(models.sort())]);
}

function groupBy<Item>(items: readonly Item[], nameOf: (item: Item) => string): Item[][] {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const name = nameOf(item);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [item]);
    else group.push(item);
  }
  return [...groups.values()];
}

/** Limits there are of a key for one model. */
function addKey(builder: PlanBuilder, ref: string, ofKey: readonly Deployment[]): void {
  const [first] = ofKey;
  if (first === undefined) return;
  builder.addKey(ref, {
    value: first.key,
    limits: { models: Object.fromEntries(ofKey.map(({ sent, limits }) => [sent, limits])) },
    state: ofKey.every(({ isBlocked }) => isBlocked) ? 'disabled' : 'active',
  });
}

function addTarget(
  builder: PlanBuilder,
  provider: string,
  { asked, sent, weight, order, isBlocked }: Deployment,
): void {
  // In a route a pattern keeps the name that was asked.
  if (asked.includes('*') && (sent !== asked || asked === '*')) {
    builder.remarks.add('a pattern of models becomes a provider: ask it as {provider}/{model}', asked);
    return;
  }
  if (isBlocked) return;
  const model = sent === asked ? null : sent;
  const target = { provider, model, weight: builder.weight(weight, asked), tier: order };
  builder.routes.add(asked, target, 'pattern');
}

/** Aliases become routes of their own; groups that serve when another one cannot become further tiers of its route. */
function addFallbacks(builder: PlanBuilder, { router, common }: LitellmParts): void {
  for (const [alias, to] of Object.entries(objectOf(router['model_group_alias']))) {
    const name = isObject(to) ? textOf(to['model']) : textOf(to);
    for (const target of builder.routes.targetsOf(name)) builder.routes.add(alias, asIs(target, name));
  }
  const before: Routes = new Map(
    builder.routes.names().map((name) => [name, builder.routes.targetsOf(name)]),
  );
  const byDefault = listOf(router['default_fallbacks'] ?? common['default_fallbacks']).map(textOf);
  const named = fallbacksOf(router['fallbacks'] ?? common['fallbacks']);
  for (const name of before.keys())
    addTiers(builder, before, name, [...(named.get(name) ?? []), ...byDefault]);
  for (const [setting, reason] of REASONS) {
    for (const [name, list] of fallbacksOf(router[setting] ?? common[setting])) {
      if (!addTiers(builder, before, name, list)) continue;
      builder.routes.addReason(name, reason);
      builder.remarks.add(`fallbacks for one reason serve whenever the others cannot: ${setting}`, name);
    }
  }
}

const REASONS = [
  ['context_window_fallbacks', 'context_length'],
  ['content_policy_fallbacks', 'content_policy'],
] as const;

type Routes = ReadonlyMap<string, readonly MovedTarget[]>;

/** A list of objects with one name and its fallbacks each. */
function fallbacksOf(setting: unknown): ReadonlyMap<string, readonly string[]> {
  const pairs = listOf(setting).filter(isObject).flatMap(Object.entries);
  return new Map(pairs.map(([name, list]) => [name, listOf(list).map(textOf)]));
}

/** Whether any of them could be added: those that are no route themselves are told of. */
function addTiers(builder: PlanBuilder, before: Routes, name: string, fallbacks: readonly string[]): boolean {
  if (!before.has(name)) return false;
  let isAny = false;
  for (const fallback of fallbacks.filter((one) => one !== name)) {
    const next = before.get(fallback) ?? [];
    if (next.length === 0)
      builder.remarks.add('fallback left out: nothing that comes over serves it', `${name}: ${fallback}`);
    const last = Math.max(...builder.routes.targetsOf(name).map(({ tier }) => tier));
    for (const target of next) {
      builder.routes.add(name, { ...asIs(target, fallback), tier: last + target.tier });
      isAny = true;
    }
  }
  return isAny;
}

/** A target of one route in another: the name that it was asked by is not that of the other. */
function asIs(target: MovedTarget, name: string): MovedTarget {
  return { ...target, model: target.model ?? name };
}

function addTokens(builder: PlanBuilder, { general, text }: LitellmParts, { tables }: Source): void {
  const masterKey = general['master_key'] === undefined ? '' : text(general['master_key'], 'master_key');
  if (masterKey !== '') {
    builder.tokens.add({ name: 'LiteLLM master key', value: masterKey });
    builder.remarks.add('the master key becomes a client token, and opens no dashboard', 'master_key');
  }
  for (const row of tables.get('LiteLLM_VerificationToken') ?? []) {
    const name = textOf(row['key_alias']) || textOf(row['key_name']);
    builder.remarks.add(
      'virtual key left out: LiteLLM keeps a hash of it alone; make a new client token',
      name,
    );
  }
  const people = [
    ['LiteLLM_UserTable', 'users do not come over'],
    ['LiteLLM_TeamTable', 'teams do not come over'],
  ] as const;
  for (const [table, words] of people) {
    const count = tables.get(table)?.length ?? 0;
    if (count > 0) builder.remarks.add(words, '', count);
  }
}

const TAKEN: ReadonlySet<string> = new Set([
  'fallbacks',
  'default_fallbacks',
  'context_window_fallbacks',
  'content_policy_fallbacks',
  'model_group_alias',
  'num_retries',
  'timeout',
  'request_timeout',
  'master_key',
  'database_url',
  'store_model_in_db',
]);

function remarkOnSettings(
  builder: PlanBuilder,
  { router, common, general }: LitellmParts,
  source: Source,
): void {
  const parts = { router_settings: router, litellm_settings: common, general_settings: general };
  for (const [part, settings] of Object.entries(parts)) {
    const others = Object.keys(settings).filter((name) => !TAKEN.has(name));
    for (const name of others) builder.remarks.add(`setting that does not come over: ${part}.${name}`, '');
  }
  if (source.config?.['include'] !== undefined)
    builder.remarks.add('files that config.yaml includes are not read: move in from them too', 'include');
}
