import { flagOf, isObject, jsonOf, listOf, objectOf, textOf } from '../rows';
import type { JsonObject, SourceRow } from '../rows';
import type { Source } from '../source';
import type { PlanBuilder } from '../plan-builder';
import { litellmUnseal, type Unseal } from './litellm-secrets';
import {
  fromDatabase,
  fromFile,
  resolvedFields,
  valueOf,
  variableNamed,
  type Resolve,
} from './litellm-values';

/**
 * What LiteLLM goes by: of its config.yaml, with what its database says over it. What is read of it is plain, whether
 * it stood there, in a variable or encrypted.
 */
export interface LitellmParts {
  readonly models: readonly LitellmModel[];
  readonly general: JsonObject;
  readonly router: JsonObject;
  readonly common: JsonObject;
  readonly variable: (name: string) => string;
}

export interface LitellmModel {
  readonly name: string;
  readonly params: JsonObject;
  readonly isBlocked: boolean;
}

/** What is read of a deployment; anything else is told of. */
export const PARAMS_READ: ReadonlySet<string> = new Set([
  'model',
  'api_base',
  'base_url',
  'api_key',
  'api_version',
  'organization',
  'extra_headers',
  'timeout',
  'weight',
  'order',
  'rpm',
  'tpm',
  'max_parallel_requests',
  'custom_llm_provider',
  'litellm_credential_name',
]);

/** What is read of its settings; anything else is told of. */
export const SETTINGS_READ: ReadonlySet<string> = new Set([
  'fallbacks',
  'default_fallbacks',
  'context_window_fallbacks',
  'content_policy_fallbacks',
  'model_group_alias',
  'num_retries',
  'timeout',
  'request_timeout',
  'master_key',
]);

export function litellmParts(source: Source, builder: PlanBuilder): LitellmParts {
  const { tables, environment } = source;
  const config = source.config ?? {};
  const stored = settingsOf(tables.get('LiteLLM_Config') ?? []);
  const masterKey = plainMasterKey([config, Object.fromEntries(stored)], environment);
  const unseal: Unseal = litellmUnseal(source.encryptionKey || masterKey);
  const isKeyGiven = source.encryptionKey !== '' || masterKey !== '';
  const variables = {
    ...objectOf(config['environment_variables']),
    ...openAll(stored, unseal),
    ...environment,
  };
  const ofFile = fromFile(builder, variables);
  const ofDatabase = fromDatabase(builder, ofFile, { unseal, isKeyGiven });
  const part = (name: string): JsonObject => ({
    ...resolvedFields(config[name], SETTINGS_READ, (value) => ofFile(value, name)),
    ...resolvedFields(stored.get(name), SETTINGS_READ, (value) => ofDatabase(value, name)),
  });
  const parts: readonly Part[] = [
    { models: listOf(config['model_list']), credentials: listOf(config['credential_list']), resolve: ofFile },
    {
      models: tables.get('LiteLLM_ProxyModelTable') ?? [],
      credentials: tables.get('LiteLLM_CredentialsTable') ?? [],
      resolve: ofDatabase,
    },
  ];
  const credentials = new Map(parts.flatMap(credentialsOf));
  return {
    models: parts.flatMap((one) => modelsOf(builder, one, credentials)),
    general: part('general_settings'),
    router: part('router_settings'),
    common: part('litellm_settings'),
    variable: (name) => valueOf(variables, name),
  };
}

/** The file or the database. */
interface Part {
  readonly models: readonly unknown[];
  readonly credentials: readonly unknown[];
  readonly resolve: Resolve;
}

/** That of the database counts. */
function plainMasterKey(parts: readonly JsonObject[], environment: Readonly<Record<string, string>>): string {
  const all = parts.map((part) => textOf(objectOf(part['general_settings'])['master_key']));
  const written = all.findLast((one) => one !== '') ?? '';
  const name = variableNamed(written) ?? 'LITELLM_MASTER_KEY';
  return written === '' || variableNamed(written) !== undefined ? (environment[name] ?? '') : written;
}

function settingsOf(rows: readonly SourceRow[]): ReadonlyMap<string, unknown> {
  return new Map(rows.map((row) => [textOf(row['param_name']), jsonOf(row['param_value'])]));
}

/** Variables that were set in its dashboard are encrypted one by one. */
function openAll(stored: ReadonlyMap<string, unknown>, unseal: Unseal): Record<string, string> {
  const pairs = Object.entries(objectOf(stored.get('environment_variables')));
  return Object.fromEntries(pairs.map(([name, value]) => [name, unseal(textOf(value)) ?? textOf(value)]));
}

function modelsOf(
  builder: PlanBuilder,
  { models, resolve }: Part,
  credentials: ReadonlyMap<string, JsonObject>,
): LitellmModel[] {
  const rows = models.filter(isObject);
  if (rows.length < models.length)
    builder.remarks.add('entry left out: it is no deployment', 'model_list', models.length - rows.length);
  return rows.flatMap((row) => {
    const name = textOf(resolve(row['model_name'], 'model_name'));
    if (name === '') {
      builder.remarks.add('deployment left out: it has no name', '');
      return [];
    }
    const params = resolvedFields(jsonOf(row['litellm_params']), PARAMS_READ, (value) =>
      resolve(value, name),
    );
    const credential = credentials.get(textOf(params['litellm_credential_name']));
    return {
      name,
      params: credential === undefined ? params : { ...credential, ...params },
      isBlocked: flagOf(row['blocked']),
    };
  });
}

function credentialsOf({ credentials, resolve }: Part): (readonly [string, JsonObject])[] {
  return credentials.filter(isObject).map((row) => {
    const name = textOf(resolve(row['credential_name'], 'credential'));
    const values = resolvedFields(jsonOf(row['credential_values']), PARAMS_READ, (value) =>
      resolve(value, name),
    );
    return [name, values] as const;
  });
}
