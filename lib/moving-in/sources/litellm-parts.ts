import { flagOf, isObject, jsonOf, listOf, objectOf, textOf } from '../rows';
import type { JsonObject, SourceRow } from '../rows';
import type { Source } from '../source';
import type { PlanBuilder } from '../plan-builder';
import { litellmUnseal, looksSealed, type Unseal } from './litellm-secrets';

/** What LiteLLM goes by: of its config.yaml, with what its database says over it. */
export interface LitellmParts {
  readonly models: readonly LitellmModel[];
  readonly general: JsonObject;
  readonly router: JsonObject;
  readonly common: JsonObject;
  /** A value of a deployment as text, whether it stands there, in a variable or encrypted. */
  readonly text: (value: unknown, item: string) => string;
  readonly variable: (name: string) => string;
}

export interface LitellmModel {
  readonly name: string;
  readonly params: JsonObject;
  readonly isBlocked: boolean;
}

const VARIABLE = 'os.environ/';

export function litellmParts(source: Source, builder: PlanBuilder): LitellmParts {
  const { tables, environment } = source;
  const config = source.config ?? {};
  const stored = settingsOf(tables.get('LiteLLM_Config') ?? []);
  const part = (name: string): JsonObject => ({ ...objectOf(config[name]), ...objectOf(stored.get(name)) });
  const general = part('general_settings');
  const masterKey = plainMasterKey(general, environment);
  const unseal: Unseal = litellmUnseal(source.encryptionKey || masterKey);
  const isKeyGiven = source.encryptionKey !== '' || masterKey !== '';
  const variables = {
    ...objectOf(config['environment_variables']),
    ...openAll(stored, unseal),
    ...environment,
  };
  const variable = (name: string): string => textOf(variables[name]);

  const text = (value: unknown, item: string): string => {
    const written = textOf(value);
    if (written.startsWith(VARIABLE)) {
      const name = written.slice(VARIABLE.length);
      const found = variable(name);
      // What is no name may be the secret itself.
      const shown = /^[A-Za-z_]\w*$/.test(name) ? name : 'its name is none';
      if (found === '') builder.remarks.add(`variable that was not given: ${shown}`, item);
      return found;
    }
    const opened = isKeyGiven ? unseal(written) : undefined;
    if (opened !== undefined) return opened.startsWith(VARIABLE) ? text(opened, item) : opened;
    if (!looksSealed(written) || !isStored(value, source)) return written;
    const why = isKeyGiven
      ? 'with another LITELLM_SALT_KEY than the one given'
      : 'and no LITELLM_SALT_KEY was given';
    builder.remarks.add(`value left out: it is encrypted, ${why}`, item);
    return '';
  };
  const credentials = credentialsOf(source);
  const withCredential = (params: JsonObject): JsonObject => {
    const named = credentials.get(text(params['litellm_credential_name'], 'credential'));
    return named === undefined ? params : { ...named, ...params };
  };
  return {
    models: modelsOf(source).map((model) => ({ ...model, params: withCredential(model.params) })),
    general,
    router: part('router_settings'),
    common: part('litellm_settings'),
    text,
    variable,
  };
}

/** Of a config.yaml nothing is encrypted. */
function isStored(value: unknown, { tables }: Source): boolean {
  return typeof value === 'string' && tables.size > 0;
}

function plainMasterKey(general: JsonObject, environment: Readonly<Record<string, string>>): string {
  const written = textOf(general['master_key']);
  const name = written.startsWith(VARIABLE) ? written.slice(VARIABLE.length) : 'LITELLM_MASTER_KEY';
  return written === '' || written.startsWith(VARIABLE) ? (environment[name] ?? '') : written;
}

function settingsOf(rows: readonly SourceRow[]): ReadonlyMap<string, unknown> {
  return new Map(rows.map((row) => [textOf(row['param_name']), jsonOf(row['param_value'])]));
}

/** Variables that were set in its dashboard are encrypted one by one. */
function openAll(stored: ReadonlyMap<string, unknown>, unseal: Unseal): Record<string, string> {
  const pairs = Object.entries(objectOf(stored.get('environment_variables')));
  return Object.fromEntries(pairs.map(([name, value]) => [name, unseal(textOf(value)) ?? textOf(value)]));
}

function modelsOf({ config, tables }: Source): LitellmModel[] {
  const listed = listOf(config?.['model_list']).filter(isObject);
  const rows: readonly SourceRow[] = [...listed, ...(tables.get('LiteLLM_ProxyModelTable') ?? [])];
  return rows.map((row) => ({
    name: textOf(row['model_name']),
    params: objectOf(jsonOf(row['litellm_params'])),
    isBlocked: flagOf(row['blocked']),
  }));
}

function credentialsOf({ config, tables }: Source): ReadonlyMap<string, JsonObject> {
  const listed = listOf(config?.['credential_list']).filter(isObject);
  const rows: readonly SourceRow[] = [...listed, ...(tables.get('LiteLLM_CredentialsTable') ?? [])];
  return new Map(
    rows.map((row) => [textOf(row['credential_name']), objectOf(jsonOf(row['credential_values']))]),
  );
}
