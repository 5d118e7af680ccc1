import type { ProviderItem } from '@/lib/admin/contract/providers';
import type { ProviderDraft } from '@/lib/client/providers';
import { emptyLimits, limitsDraftOf, limitsOfDraft, type LimitsDraft } from '../limits/limits-draft';

/** A header, or a parameter of the query. */
export interface Pair {
  readonly name: string;
  readonly value: string;
}

/** The form's fields as people type them; empty means "as the setting says". */
export interface ProviderFields {
  readonly name: string;
  readonly slug: string;
  readonly baseUrl: string;
  readonly isEnabled: boolean;
  readonly selectionPolicy: string;
  readonly timeoutSeconds: string;
  readonly firstTokenTimeoutSeconds: string;
  readonly maxFailures: string;
  readonly maxRetries: string;
  readonly testModel: string;
  readonly modelRequestKey: string;
  readonly auth: string;
  readonly headers: readonly Pair[];
  readonly query: readonly Pair[];
  readonly fallbacks: readonly FallbackDraft[];
  readonly egressMode: 'shared' | 'direct' | 'own';
  readonly proxyIds: readonly string[];
  readonly limits: LimitsDraft;
}

/** What every part of the form gets. */
export interface ProviderPartProps {
  readonly fields: ProviderFields;
  readonly set: (patch: Partial<ProviderFields>) => void;
  /** Props for a field that has something wrong. */
  readonly wrong: (name: string) => { readonly error?: string };
}

export const emptyProvider: ProviderFields = {
  name: '',
  slug: '',
  baseUrl: '',
  isEnabled: true,
  selectionPolicy: '',
  timeoutSeconds: '',
  firstTokenTimeoutSeconds: '',
  maxFailures: '',
  maxRetries: '',
  testModel: '',
  modelRequestKey: '',
  auth: 'bearer',
  headers: [],
  query: [],
  fallbacks: [],
  egressMode: 'shared',
  proxyIds: [],
  limits: emptyLimits,
};

const pairsOf = (record: Readonly<Record<string, string>>): Pair[] =>
  Object.entries(record).map(([name, value]) => ({ name, value }));

const recordOf = (pairs: readonly Pair[]): Record<string, string> =>
  Object.fromEntries(
    pairs.filter(({ name }) => name.trim() !== '').map(({ name, value }) => [name.trim(), value]),
  );

/** What to ask next, and what models are called there: by the name asked, the name there. */
export interface FallbackDraft {
  readonly slug: string;
  readonly models: readonly Pair[];
}

const fallbackDraftOf = (fallback: ProviderItem['fallbacks'][number]): FallbackDraft =>
  typeof fallback === 'string'
    ? { slug: fallback, models: [] }
    : { slug: fallback.provider, models: pairsOf(fallback.models) };

const fallbackOf = ({ slug, models }: FallbackDraft): ProviderItem['fallbacks'][number] => {
  const names = recordOf(models);
  return Object.keys(names).length === 0 ? slug : { provider: slug, models: names };
};

const textOf = (value: number | string | null) => (value === null ? '' : String(value));

export function fieldsOf(provider: ProviderItem): ProviderFields {
  return {
    name: provider.name,
    slug: provider.slug,
    baseUrl: provider.baseUrl,
    isEnabled: provider.isEnabled,
    selectionPolicy: textOf(provider.selectionPolicy),
    timeoutSeconds: textOf(provider.timeoutSeconds),
    firstTokenTimeoutSeconds: textOf(provider.firstTokenTimeoutSeconds),
    maxFailures: textOf(provider.maxFailures),
    maxRetries: textOf(provider.maxRetries),
    testModel: textOf(provider.testModel),
    modelRequestKey: textOf(provider.modelRequestKey),
    auth: provider.auth,
    headers: pairsOf(provider.customHeaders),
    query: pairsOf(provider.query),
    fallbacks: provider.fallbacks.map(fallbackDraftOf),
    egressMode: provider.egress.mode,
    proxyIds: provider.egress.mode === 'own' ? provider.egress.proxyIds : [],
    limits: limitsDraftOf(provider.limits),
  };
}

const numberOf = (text: string) => (text.trim() === '' ? null : Number(text));
const nullable = (text: string) => (text.trim() === '' ? null : text.trim());

/** As the API takes it. An empty slug is left to the server, which makes one from the name. */
export function draftOf(fields: ProviderFields): ProviderDraft {
  const { slug, headers, egressMode } = fields;
  return {
    name: fields.name,
    ...(slug.trim() === '' ? {} : { slug }),
    baseUrl: fields.baseUrl,
    isEnabled: fields.isEnabled,
    selectionPolicy: nullable(fields.selectionPolicy) as NonNullable<ProviderDraft['selectionPolicy']> | null,
    timeoutSeconds: numberOf(fields.timeoutSeconds),
    firstTokenTimeoutSeconds: numberOf(fields.firstTokenTimeoutSeconds),
    maxFailures: numberOf(fields.maxFailures),
    maxRetries: numberOf(fields.maxRetries),
    testModel: nullable(fields.testModel),
    modelRequestKey: nullable(fields.modelRequestKey),
    auth: fields.auth.trim() === '' ? 'bearer' : fields.auth,
    customHeaders: recordOf(headers),
    query: recordOf(fields.query),
    fallbacks: fields.fallbacks.map(fallbackOf),
    egress:
      egressMode === 'own' ? { mode: egressMode, proxyIds: [...fields.proxyIds] } : { mode: egressMode },
    limits: limitsOfDraft(fields.limits),
  };
}
