import type { Limits } from '../balancer/limits/limits';
import type { Fallback } from '../balancer/routes/model-route';
import type { Settings } from '../config/settings';
import type { KeyEntry, ProviderConfig } from '../config/values/provider';
import { limitsOf, type LimitsEntry } from '../config/values/use-limits';

/** A provider as the settings describe it; absent limits are those of the settings. */
export interface PlannedProvider {
  readonly slug: string;
  readonly name: string;
  readonly baseUrl: string;
  readonly isEnabled: boolean;
  readonly modelRequestKey: string | null;
  readonly customHeaders: Readonly<Record<string, string>>;
  /** Absent if nothing is said: then it is `bearer`. */
  readonly auth?: string;
  /** Absent if nothing is said. */
  readonly query?: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number | null;
  readonly firstTokenTimeoutSeconds: number | null;
  readonly maxFailures: number | null;
  readonly maxRetries: number | null;
  readonly testModel: string | null;
  readonly selectionPolicy: string | null;
  readonly fallbacks: readonly Fallback[];
  /** `shared` are the proxies of PROXIES; a list are proxies of its own. */
  readonly proxies: 'shared' | 'direct' | readonly string[];
  /** What each of its keys may use; absent if nothing is said. */
  readonly limits?: Limits;
  readonly keys: readonly PlannedKey[];
}

/** What is absent is not said: then it is what the dashboard made of it. */
export interface PlannedKey {
  readonly value: string;
  readonly weight: number;
  readonly limits?: Limits;
  readonly account?: string;
}

/** Settings that decide which providers, keys and egress proxies there are, and where keys are sent. */
export const PLANNING_SETTINGS = [
  'API_KEYS',
  'BASE_URL',
  'MODEL_REQUEST_KEY',
  'DEFAULT_PROVIDER',
  'PROVIDERS_CONFIG',
  'PROXIES',
] as const;

const OWN_SLUG = 'default';

/**
 * All providers that the settings describe. BASE_URL and API_KEYS make one of their own, called DEFAULT_PROVIDER; if
 * PROVIDERS_CONFIG has one of that name, it is called `default`, and is there only if it has keys. An entry of
 * PROVIDERS_CONFIG that has the very name keeps its own address and takes the keys of API_KEYS too.
 */
export function planProviders(settings: Settings): PlannedProvider[] {
  const configured = settings.PROVIDERS_CONFIG.map(plannedOf);
  const isTaken = (slug: string): boolean => configured.some((provider) => provider.slug === slug);
  const ownSlug = isTaken(settings.DEFAULT_PROVIDER) ? OWN_SLUG : settings.DEFAULT_PROVIDER;
  const ownKeys = settings.API_KEYS.map((value): PlannedKey => ({ value, weight: 1 }));

  if (isTaken(ownSlug)) {
    return configured.map((provider) =>
      provider.slug === ownSlug
        ? { ...provider, keys: withoutRepeats([...provider.keys, ...ownKeys]) }
        : provider,
    );
  }
  if (ownSlug !== settings.DEFAULT_PROVIDER && ownKeys.length === 0) return configured;
  const own: PlannedProvider = {
    slug: ownSlug,
    name: 'Default',
    baseUrl: settings.BASE_URL,
    isEnabled: true,
    modelRequestKey: settings.MODEL_REQUEST_KEY === '' ? null : settings.MODEL_REQUEST_KEY,
    customHeaders: {},
    timeoutSeconds: null,
    firstTokenTimeoutSeconds: null,
    maxFailures: null,
    maxRetries: null,
    testModel: null,
    selectionPolicy: null,
    fallbacks: [],
    proxies: 'shared',
    keys: ownKeys,
  };
  return [own, ...configured];
}

function plannedOf(config: ProviderConfig): PlannedProvider {
  return {
    slug: config.path,
    name: config.name,
    baseUrl: config.base_url,
    isEnabled: config.enabled,
    modelRequestKey: config.model_request_key ?? null,
    customHeaders: config.custom_headers ?? {},
    timeoutSeconds: config.timeout ?? null,
    firstTokenTimeoutSeconds: config.first_token_timeout ?? null,
    maxFailures: config.max_failures ?? null,
    maxRetries: config.max_retries ?? null,
    testModel: config.test_model ?? null,
    selectionPolicy: config.selection_policy ?? null,
    fallbacks: config.fallbacks ?? [],
    proxies: config.proxies ?? 'shared',
    ...plannedKeyWay(config),
    ...plannedLimits(config.limits),
    keys: config.api_keys.map(plannedKey),
  };
}

/** What is not said stays absent: then a plan is the same as before there was such a field. */
function plannedKeyWay({ auth, query }: ProviderConfig): Pick<PlannedProvider, 'auth' | 'query'> {
  return { ...(auth !== undefined && { auth }), ...(query !== undefined && { query }) };
}

function plannedKey({ limits, account, ...key }: KeyEntry): PlannedKey {
  return { ...key, ...plannedLimits(limits), ...(account !== undefined && { account }) };
}

function plannedLimits(entry: LimitsEntry | undefined): { readonly limits?: Limits } {
  const limits = entry && limitsOf(entry);
  return limits === undefined ? {} : { limits };
}

/** What an earlier one says of a key holds. */
function withoutRepeats<Key extends { readonly value: string }>(keys: readonly Key[]): Key[] {
  return [...new Map(keys.toReversed().map((key) => [key.value, key])).values()].reverse();
}
