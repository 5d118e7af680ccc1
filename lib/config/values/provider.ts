import { z } from 'zod';
import { SELECTION_POLICIES, type SelectionPolicyName } from '../../balancer/policies/all';
import { limits } from '../limits';
import { redactUrl } from '../redact-url';
import { fallbackSlug, type Fallback } from '../../balancer/routes/model-route';
import { reasonAgainstSlug, slugFromName } from '../slug';
import { egressUrlSchema, normalizeEgressUrl } from './egress-url';
import { presetAddress, PRESETS, type PresetName } from '../presets';
import { fallbacksSchema, slugSchema } from './fallbacks';
import { headersSchema, type HeaderMap } from './headers';
import { normalizeHttpUrl, reasonAgainstHttpUrl } from './http-url';
import { authSchema, keyConflict, querySchema, type QueryMap } from './key-auth';
import { splitList } from './list';
import { jsonNumberSchema } from './number';
import { missingAddress, presetNamed, unknownPreset } from './preset';
import { accountSchema, lineSchema, tokenSchema } from './text';
import { isSet, withoutUnset } from './unset';
import { limitFieldsAt, limitsEntrySchema, type LimitsEntry } from './use-limits';

/** One provider of PROVIDERS_CONFIG. An absent option is undefined and follows the setting of the same meaning. */
export interface ProviderConfig {
  readonly name: string;
  /** Slug: the segment of the address before /v1. */
  readonly path: string;
  readonly base_url: string;
  readonly api_keys: readonly KeyEntry[];
  readonly enabled: boolean;
  readonly model_request_key: string | undefined;
  readonly custom_headers: HeaderMap | undefined;
  /** How it takes its key; undefined means `bearer`. */
  readonly auth: string | undefined;
  /** Parameters of each of its requests. */
  readonly query: QueryMap | undefined;
  /** Seconds until the first byte of an answer. */
  readonly timeout: number | undefined;
  readonly first_token_timeout: number | undefined;
  readonly max_failures: number | undefined;
  readonly max_retries: number | undefined;
  readonly test_model: string | undefined;
  readonly selection_policy: SelectionPolicyName | undefined;
  /** The providers to try next; they need not exist yet. */
  readonly fallbacks: readonly Fallback[] | undefined;
  /** Egress proxies of its own, or `direct` for none; undefined means those of PROXIES. */
  readonly proxies: 'direct' | readonly string[] | undefined;
  /** What each of its keys may use that does not say otherwise itself. */
  readonly limits: LimitsEntry | undefined;
}

export interface KeyEntry {
  readonly value: string;
  readonly weight: number;
  readonly limits?: LimitsEntry | undefined;
  /** Keys of the same account share its limits. */
  readonly account?: string | undefined;
}

const missingOr = (message: string) => (issue: { readonly input?: unknown }) =>
  issue.input === undefined ? 'is missing' : message;

const baseUrlSchema = z
  .string({ error: missingOr('must be text') })
  .trim()
  .superRefine((value, context) => {
    const message = reasonAgainstHttpUrl(value);
    if (message !== undefined) {
      context.addIssue({ code: 'custom', message, params: { shown: redactUrl(value) } });
    }
  })
  .transform(normalizeHttpUrl);

const presetSchema = z.string({ error: 'must be text' }).transform((value, context): PresetName => {
  const name = presetNamed(value);
  if (name !== undefined) return name;
  context.addIssue({ code: 'custom', message: unknownPreset(value) });
  return z.NEVER;
});

/** Lists inside may be written as one text too: "a, b". */
const splitText = (value: unknown) => (typeof value === 'string' ? splitList(value) : value);

const keyShape = {
  key: z
    .string({ error: missingOr('must be text') })
    .trim()
    .pipe(tokenSchema),
  weight: jsonNumberSchema(true, limits.keyWeight).default(1),
  limits: limitsEntrySchema.optional(),
  account: z.string({ error: 'must be text' }).trim().pipe(accountSchema).optional(),
};

const keySchema = z.preprocess(
  (value) => (typeof value === 'string' ? { key: value.trim() } : withoutUnset(value)),
  z.strictObject(keyShape, { error: 'must be a key, or an object of key and weight' }),
);

const keysSchema = z
  .preprocess(
    (value) => {
      const items = splitText(value);
      return Array.isArray(items) ? items.filter(isSet) : items;
    },
    z.array(keySchema, { error: 'must be a list of keys' }),
  )
  .transform(firstOfEach);

function firstOfEach(entries: readonly z.output<typeof keySchema>[]): KeyEntry[] {
  const byValue = new Map<string, KeyEntry>();
  for (const { key: value, ...options } of entries) {
    if (!byValue.has(value)) byValue.set(value, { value, ...options });
  }
  return [...byValue.values()];
}

const proxiesSchema = z.unknown().transform((value, context): 'direct' | readonly string[] => {
  if (value === 'direct') return value;
  const items: unknown = splitText(value);
  if (!Array.isArray(items) || items.length === 0) {
    context.addIssue({ code: 'custom', message: 'must be "direct" or a list of proxies' });
    return z.NEVER;
  }
  const urls = items.map((item: unknown, index) => {
    const read = egressUrlSchema.safeParse(item);
    if (read.success) return normalizeEgressUrl(read.data);
    for (const { message, ...issue } of read.error.issues) {
      const params = issue.code === 'custom' ? issue.params : undefined;
      context.addIssue({ code: 'custom', path: [index], message, ...(params && { params }) });
    }
    return '';
  });
  return [...new Set(urls)];
});

const shape = {
  name: z
    .string({ error: missingOr('must be text') })
    .trim()
    .pipe(lineSchema.max(100)),
  path: slugSchema.optional(),
  preset: presetSchema.optional(),
  base_url: baseUrlSchema.optional(),
  api_keys: keysSchema.optional(),
  enabled: z.boolean({ error: 'must be true or false' }).default(true),
  model_request_key: z.string({ error: 'must be text' }).trim().pipe(tokenSchema).optional(),
  custom_headers: headersSchema.optional(),
  auth: authSchema.optional(),
  query: querySchema.optional(),
  timeout: jsonNumberSchema(false, limits.timeoutSeconds).optional(),
  first_token_timeout: jsonNumberSchema(false, limits.firstTokenTimeoutSeconds).optional(),
  max_failures: jsonNumberSchema(true, limits.maxFailures).optional(),
  max_retries: jsonNumberSchema(true, limits.maxRetries).optional(),
  test_model: lineSchema.optional(),
  selection_policy: z
    .enum(SELECTION_POLICIES, { error: `must be one of ${SELECTION_POLICIES.join(', ')}` })
    .optional(),
  fallbacks: fallbacksSchema.optional(),
  proxies: proxiesSchema.optional(),
  limits: limitsEntrySchema.optional(),
};

/** Every field that an entry may have. */
export const providerFields: readonly string[] = Object.keys(shape);
const keyFields = Object.keys(keyShape);

/** The fields that may stand at a path within an entry. */
export function fieldsAt(path: readonly PropertyKey[]): readonly string[] {
  if (path.length === 0) return providerFields;
  const isOfKey = path[0] === 'api_keys';
  if (isOfKey && path.length === 2) return keyFields;
  return limitFieldsAt(path.slice(isOfKey ? 3 : 1));
}

/** One entry of the list, as a person writes it; unknown fields are refused, so that a typo cannot pass silently. */
export const providerSchema = z
  .preprocess(withoutUnset, z.strictObject(shape, { error: 'must be an object' }))
  .transform((entry, context): ProviderConfig => {
    const path = slugOf(entry, context);
    noteOwnFallback(entry, path, context);
    const preset = entry.preset && PRESETS[entry.preset];
    const auth = entry.auth ?? preset?.auth;
    noteConflict(auth ?? 'bearer', entry, context);
    return {
      name: entry.name,
      path,
      base_url: addressOf(entry, context),
      api_keys: entry.api_keys ?? [],
      enabled: entry.enabled,
      model_request_key: entry.model_request_key,
      custom_headers: entry.custom_headers,
      auth,
      query: entry.query,
      timeout: entry.timeout,
      first_token_timeout: entry.first_token_timeout,
      max_failures: entry.max_failures,
      max_retries: entry.max_retries,
      test_model: entry.test_model ?? preset?.testModel,
      selection_policy: entry.selection_policy,
      fallbacks: entry.fallbacks,
      proxies: entry.proxies,
      limits: entry.limits,
    };
  });

type Entry = z.output<z.ZodObject<typeof shape>>;

function slugOf({ path: given, name }: Entry, context: z.RefinementCtx): string {
  const path = given ?? slugFromName(name);
  // A path that was given has been checked; only one made from the name can still be unusable.
  const message = reasonAgainstSlug(path);
  if (message !== undefined) {
    const made = `${message}; it was made from the name because no path is given`;
    context.addIssue({ code: 'custom', path: ['path'], input: path, message: made });
  }
  return path;
}

function noteOwnFallback({ fallbacks = [] }: Entry, path: string, context: z.RefinementCtx): void {
  const own = fallbacks.map(fallbackSlug).indexOf(path);
  if (own === -1) return;
  const message = 'must not be the provider itself';
  context.addIssue({ code: 'custom', path: ['fallbacks', own], input: path, message });
}

/** What is given wins over what the preset has. */
function addressOf({ preset, base_url: given }: Entry, context: z.RefinementCtx): string {
  if (given !== undefined) return preset === undefined ? given : presetAddress(preset, given);
  const known = preset && PRESETS[preset].baseUrl;
  if (known !== undefined) return known;
  const message = preset === undefined ? 'is missing' : missingAddress(preset);
  context.addIssue({ code: 'custom', path: ['base_url'], message, params: { shown: '' } });
  return '';
}

function noteConflict(auth: string, entry: Entry, context: z.RefinementCtx): void {
  const conflict = keyConflict(auth, entry.custom_headers ?? {}, entry.query ?? {});
  if (conflict === undefined) return;
  const { field, name, message } = conflict;
  const path = [field === 'headers' ? 'custom_headers' : field, name];
  context.addIssue({ code: 'custom', path, message, params: { shown: '' } });
}

/** The reverse of reading: an entry that reads as `config` again. */
export function toEntry(config: ProviderConfig): Record<string, unknown> {
  const keys = config.api_keys.map(({ value, weight, ...options }) => {
    const said = { ...options, ...(weight !== 1 && { weight }) };
    return Object.keys(said).length === 0 ? value : { key: value, ...said };
  });
  return { ...config, api_keys: keys };
}
