import { fallbackSlug, type Fallback } from '../../balancer/routes/model-route';
import { definedOf } from '../defined';
import { reasonAgainstSlug } from '../../config/slug';
import { headersSchema } from '../../config/values/headers';
import { keyConflict, normalizeAuth, querySchema, reasonAgainstAuth } from '../../config/values/key-auth';
import { normalizeHttpUrl, reasonAgainstHttpUrl } from '../../config/values/http-url';
import { tokenSchema } from '../../config/values/text';
import type { ProviderEgress, ProviderRow } from '../../store/rows';
import type { ProviderItem } from '../contract/providers';
import { SECRET_MASK } from '../contract/values';
import type { AdminContext } from '../context';
import { keptLimits } from '../keys/key-options';
import { wrongField } from '../error';
import { unmaskHeaders } from '../secret-headers';
import { messageOf } from '../words/issue-message';

/** What a person says about a provider; what is left out stays. */
export type ProviderFields = {
  readonly [
    Field in
      | 'slug'
      | 'name'
      | 'baseUrl'
      | 'isEnabled'
      | 'selectionPolicy'
      | 'timeoutSeconds'
      | 'firstTokenTimeoutSeconds'
      | 'maxFailures'
      | 'maxRetries'
      | 'testModel'
      | 'customHeaders'
      | 'auth'
      | 'query'
      | 'modelRequestKey'
      | 'egress'
      | 'limits'
  ]?: ProviderItem[Field] | undefined;
} & { readonly fallbacks?: readonly Fallback[] | undefined };

export type CheckedFields = Partial<
  Omit<ProviderRow, 'id' | 'createdAt' | 'updatedAt' | 'version' | 'source' | 'position'>
>;

/**
 * The same checks that PROVIDERS_CONFIG goes through, and the row's columns that come of it. Masks stand for what
 * `current` has. Throws `invalid_input` with the field.
 */
export function checkFields(
  context: Pick<AdminContext, 'configuration'>,
  fields: ProviderFields,
  current: ProviderRow | undefined,
): CheckedFields {
  const { slug, baseUrl, modelRequestKey, fallbacks, egress, limits, ...others } = fields;
  const { customHeaders, auth, query, ...plain } = others;
  const sent = checkSent({ customHeaders, auth, query }, current);
  const knownKey = current?.modelRequestKey ?? null;
  return definedOf({
    ...plain,
    ...sent,
    limits: ifGiven(limits, keptLimits),
    slug: ifGiven(slug, checkSlug),
    baseUrl: ifGiven(baseUrl, checkBaseUrl),
    modelRequestKey: ifGiven(modelRequestKey, (key) => checkModelKey(key, knownKey)),
    fallbacks: ifGiven(fallbacks, (slugs) => checkFallbacks(slugs, slug ?? current?.slug)),
    egress: ifGiven(egress, (one) => checkEgress(context, one)),
  });
}

type Sent = Pick<ProviderFields, 'customHeaders' | 'auth' | 'query'>;

/** What goes with its requests. Nothing may take the place of the key. */
function checkSent({ customHeaders, auth, query }: Sent, current: ProviderRow | undefined): Sent {
  const known = current ?? { auth: 'bearer', customHeaders: {}, query: {} };
  const checked = {
    customHeaders: ifGiven(customHeaders, (one) => checkHeaders(unmaskHeaders(one, known.customHeaders))),
    auth: ifGiven(auth, checkAuth),
    query: ifGiven(query, (one) => checkQuery(unmaskHeaders(one, known.query))),
  };
  const said = { ...known, ...definedOf(checked) };
  const conflict = keyConflict(said.auth, said.customHeaders, said.query);
  if (conflict === undefined) return checked;
  const field = conflict.field === 'headers' ? 'customHeaders' : conflict.field;
  throw wrongField(`${field}.${conflict.name}`, conflict.message);
}

export function checkAuth(auth: string): string {
  const reason = reasonAgainstAuth(auth);
  if (reason !== undefined) throw wrongField('auth', reason);
  return normalizeAuth(auth);
}

export function checkQuery(query: Record<string, string>): Record<string, string> {
  const masked = Object.keys(query).find((name) => query[name] === SECRET_MASK);
  if (masked !== undefined) throw wrongField(`query.${masked}`, 'has no value yet that the mask could keep');
  const read = querySchema.safeParse(query);
  if (read.success) return { ...read.data };
  const [issue] = read.error.issues;
  const field = ['query', ...(issue?.path ?? [])].map(String).join('.');
  throw wrongField(field, issue === undefined ? 'is not allowed' : messageOf(issue));
}

function ifGiven<Given, Checked>(
  field: Given | undefined,
  check: (field: Given) => Checked,
): Checked | undefined {
  return field === undefined ? undefined : check(field);
}

export function checkSlug(slug: string): string {
  const reason = reasonAgainstSlug(slug);
  if (reason !== undefined) throw wrongField('slug', reason);
  return slug;
}

function checkBaseUrl(baseUrl: string): string {
  const reason = reasonAgainstHttpUrl(baseUrl);
  if (reason !== undefined) throw wrongField('baseUrl', reason);
  return normalizeHttpUrl(baseUrl);
}

function checkHeaders(headers: Record<string, string>): Record<string, string> {
  for (const [name, value] of Object.entries(headers)) {
    if (value === SECRET_MASK)
      throw wrongField(`customHeaders.${name}`, 'has no value yet that the mask could keep');
  }
  const read = headersSchema.safeParse(headers);
  if (read.success) return { ...read.data };
  const [issue] = read.error.issues;
  const field = ['customHeaders', ...(issue?.path ?? [])].map(String).join('.');
  throw wrongField(field, issue === undefined ? 'is not allowed' : messageOf(issue));
}

function checkModelKey(key: string | null, current: string | null): string | null {
  if (key === null || key === '') return null;
  if (key === SECRET_MASK) return current;
  if (!tokenSchema.safeParse(key).success) {
    throw wrongField('modelRequestKey', 'must be printable ASCII without spaces');
  }
  return key;
}

function checkFallbacks(fallbacks: readonly Fallback[], own: string | undefined): readonly Fallback[] {
  const firsts = new Map<string, Fallback>();
  for (const [index, fallback] of fallbacks.entries()) {
    const slug = fallbackSlug(fallback);
    if (slug === own) throw wrongField(`fallbacks.${index}`, 'must not be the provider itself');
    const reason = reasonAgainstSlug(slug);
    if (reason !== undefined) throw wrongField(`fallbacks.${index}`, reason);
    const isPlain = typeof fallback !== 'string' && Object.keys(fallback.models).length === 0;
    if (!firsts.has(slug)) firsts.set(slug, isPlain ? slug : fallback);
  }
  return [...firsts.values()];
}

function checkEgress(
  { configuration }: Pick<AdminContext, 'configuration'>,
  egress: ProviderItem['egress'],
): ProviderEgress {
  if (egress.mode !== 'own') return { mode: egress.mode };
  const known = new Set(configuration.inventory.egresses.map(({ id }) => id));
  for (const [index, id] of egress.proxyIds.entries()) {
    if (!known.has(id)) throw wrongField(`egress.proxyIds.${index}`, 'there is no such proxy');
  }
  if (egress.proxyIds.length === 0) {
    throw wrongField('egress.proxyIds', "must not be empty; use the mode 'direct' for no proxy at all");
  }
  return { mode: 'own', egressIds: [...new Set(egress.proxyIds)] };
}
