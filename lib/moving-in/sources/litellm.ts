import { PlanBuilder } from '../plan-builder';
import { groupBy, isObject, listOf, objectOf, setNumberOf, textOf, type JsonObject } from '../rows';
import { UnreadableSource, type Source, type SourceProgram } from '../source';
import { USE_LIMITS, type UseLimits } from '../../balancer/limits/limits';
import { deploymentOf, type Deployment } from './litellm-deployments';
import { addFallbacks } from './litellm-fallbacks';
import { litellmParts, SETTINGS_READ, type LitellmParts } from './litellm-parts';
import { weightsOf } from './litellm-weights';

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
    if (source.configTwinLine !== undefined)
      builder.remarks.add(
        'config.yaml has a key twice: the last one counts, as there',
        `line ${source.configTwinLine}`,
      );
    return builder.build();
  },
};

/**
 * Keys at the same address that serve the same models are one provider. Where they serve others, a key would be asked
 * for what it has not, so they are several; so they are where they have other shares, which targets of a route have.
 */
function addProviders(builder: PlanBuilder, parts: LitellmParts, deployments: readonly Deployment[]): void {
  const retries = setNumberOf(parts.router['num_retries'] ?? parts.common['num_retries']);
  const timeout = setNumberOf(parts.router['timeout'] ?? parts.common['request_timeout']);
  const weights = weightsOf(builder, deployments);
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
    for (const deployment of keys.flat()) addTarget(builder, ref, deployment, weights.get(deployment) ?? 1);
  }
}

const addressOf = ({ kind, baseUrl, headers, timeoutSeconds }: Deployment): string =>
  JSON.stringify([kind.name, baseUrl, headers, timeoutSeconds]);
const keyAt = (one: Deployment): string => JSON.stringify([addressOf(one), one.key]);

function modelsOf(ofKey: readonly Deployment[]): string {
  const [first] = ofKey;
  const models = ofKey.map(({ asked, sent, order, weight }) => JSON.stringify([asked, sent, order, weight]));
  return JSON.stringify([first && addressOf(first), ...new Set(models.sort())]);
}

/**
 * Limits there are of a deployment, here of a key for one model: where several deployments have the same two, the
 * lowest counts for all of them.
 */
function limitsOf(builder: PlanBuilder, ofKey: readonly Deployment[]): Record<string, UseLimits> {
  const models = groupBy(ofKey, ({ sent }) => sent).map((same) => {
    const all = same.map(({ limits }) => limits);
    if (new Set(all.map((limits) => JSON.stringify(limits))).size > 1)
      builder.remarks.add(
        'limits are of a key for a model here: the lowest of its deployments counts for all',
        same.map(({ asked }) => asked).join(', '),
      );
    const limits = USE_LIMITS.map((name) => [name, lowest(all.map((one) => one[name]))] as const);
    return [same[0]?.sent ?? '', Object.fromEntries(limits)] as const;
  });
  return Object.fromEntries(models);
}

function lowest(values: readonly (number | null | undefined)[]): number | undefined {
  const set = values.filter((one) => typeof one === 'number' && one > 0) as number[];
  return set.length === 0 ? undefined : Math.min(...set);
}

function addKey(builder: PlanBuilder, ref: string, ofKey: readonly Deployment[]): void {
  const [first] = ofKey;
  if (first === undefined) return;
  builder.addKey(ref, {
    value: first.key,
    limits: { models: limitsOf(builder, ofKey) },
    state: ofKey.every(({ isBlocked }) => isBlocked) ? 'disabled' : 'active',
  });
}

function addTarget(
  builder: PlanBuilder,
  provider: string,
  { asked, sent, order, isBlocked }: Deployment,
  weight: number,
): void {
  // In a route a pattern keeps the name that was asked.
  if (asked.includes('*') && (sent !== asked || asked === '*')) {
    builder.remarks.add('a pattern of models becomes a provider: ask it as {provider}/{model}', asked);
    return;
  }
  if (isBlocked) return;
  const model = sent === asked ? null : sent;
  builder.routes.add(asked, { provider, model, weight, tier: order }, 'pattern');
}

function addTokens(builder: PlanBuilder, { general }: LitellmParts, { tables }: Source): void {
  const masterKey = textOf(general['master_key']);
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

/** What says nothing about requests, or where the models are. */
const MEANINGLESS: ReadonlySet<string> = new Set(['database_url', 'store_model_in_db']);

function remarkOnSettings(
  builder: PlanBuilder,
  { router, common, general }: LitellmParts,
  source: Source,
): void {
  const parts = { router_settings: router, litellm_settings: common, general_settings: general };
  for (const [part, settings] of Object.entries(parts)) {
    const others = Object.keys(settings).filter((name) => !SETTINGS_READ.has(name) && !MEANINGLESS.has(name));
    for (const name of others) builder.remarks.add(`setting that does not come over: ${part}.${name}`, '');
  }
  remarkOnFile(builder, source.config ?? {});
  if (source.config?.['include'] !== undefined)
    builder.remarks.add('files that config.yaml includes are not read: move in from them too', 'include');
}

/** Of these parts more is said elsewhere, or there is nothing to say. */
const PARTS_READ =
  /^(x-.*|model_list|credential_list|(router|litellm|general)_settings|environment_variables|include)$/;
const ENTRY_READ: ReadonlySet<string> = new Set(['model_name', 'litellm_params']);

function remarkOnFile(builder: PlanBuilder, config: JsonObject): void {
  const isEmpty = (part: unknown): boolean =>
    part === null || [listOf(part), Object.keys(objectOf(part))].every((all) => all.length === 0);
  for (const [name, part] of Object.entries(config))
    if (!PARTS_READ.test(name) && !(typeof part === 'object' && isEmpty(part)))
      builder.remarks.add(`setting that does not come over: ${name}`, '');
  for (const entry of listOf(config['model_list']).filter(isObject))
    for (const name of Object.keys(entry).filter((one) => !ENTRY_READ.has(one)))
      builder.remarks.add(
        `part of a deployment that does not come over: ${name}`,
        textOf(entry['model_name']),
      );
}
