import type { UseLimits } from '../../balancer/limits/limits';
import type { PlanBuilder } from '../plan-builder';
import { numberOf, objectOf, setNumberOf, textOf } from '../rows';
import type { JsonObject } from '../rows';
import { kindOfModel, LITELLM_KINDS, type LitellmKind } from './litellm-kinds';
import { PARAMS_READ, type LitellmModel, type LitellmParts } from './litellm-parts';

/** One entry of `model_list`: a model of a provider with one key. */
export interface Deployment {
  /** The name that clients ask for. */
  readonly asked: string;
  readonly sent: string;
  readonly kind: LitellmKind;
  readonly baseUrl: string;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number | null;
  /** Its share among those of the same name and order; null if it has been given none. */
  readonly weight: number | null;
  /** From 1; the next one serves when this cannot. */
  readonly order: number;
  readonly limits: UseLimits;
  readonly isBlocked: boolean;
}

/** Says nothing about requests. */
const MEANINGLESS =
  /^(use_in_pass_through|use_litellm_proxy|use_chat_completions_api|merge_reasoning_content_in_choices|input_cost_|output_cost_|cache_)/;
/** Providers that need no key get one all the same, as each use of a provider is of a key. */
const NO_KEY = 'none';
const PROVIDER_WORD = /^(?!sk-)[a-z][a-z0-9_-]{1,24}$/;
const ENDPOINT = /\/(chat\/completions|embeddings|messages)$/;
const KEYLESS: ReadonlySet<string> = new Set([
  'ollama',
  'ollama_chat',
  'hosted_vllm',
  'lm_studio',
  'openai_like',
  'custom_openai',
]);

/** undefined, with a remark, for one that cannot come over. */
export function deploymentOf(
  builder: PlanBuilder,
  parts: LitellmParts,
  model: LitellmModel,
): Deployment | undefined {
  const { name: asked, params } = model;
  const text = (field: string): string => textOf(params[field]);
  const where = placeOf(text, parts);
  if ('reason' in where) {
    builder.remarks.add(`deployment left out: ${where.reason}`, asked);
    return undefined;
  }
  remarkOn(builder, params, asked, where.kind);
  const organization = text('organization');
  return {
    ...where,
    asked,
    headers: { ...headersOf(params), ...(organization !== '' && { 'OpenAI-Organization': organization }) },
    timeoutSeconds: setNumberOf(params['timeout']),
    weight: numberOf(params['weight']) ?? null,
    order: Math.max(1, numberOf(params['order']) ?? 1),
    limits: {
      requestsPerMinute: numberOf(params['rpm']),
      tokensPerMinute: numberOf(params['tpm']),
      concurrency: numberOf(params['max_parallel_requests']),
    },
    isBlocked: model.isBlocked,
  };
}

type Place = Pick<Deployment, 'sent' | 'kind' | 'baseUrl' | 'key'>;

/** Who is asked for what, and with which key. */
function placeOf(text: (field: string) => string, parts: LitellmParts): Place | { readonly reason: string } {
  const named = text('model');
  if (named === '') return { reason: 'it names no model, or none that can be read' };
  const { word, kind, name: sent } = kindOfModel(named, text('custom_llm_provider'));
  if (kind === undefined) {
    // Where somebody has mixed the two up, what is no such word may be a key.
    const shown = word !== named && PROVIDER_WORD.test(word) ? `'${word}'` : 'its provider';
    return { reason: `${shown} has a protocol of its own, or is not known here` };
  }
  const given = text('api_base') || text('base_url') || firstOf(kind.baseVariables, parts);
  const baseUrl = baseUrlOf(kind, given);
  if (baseUrl === undefined) return { reason: 'it has no address' };
  const key = text('api_key') || firstOf(kind.keyVariables, parts) || (KEYLESS.has(word) ? NO_KEY : '');
  return key === '' ? { reason: 'it has no key' } : { sent, kind, baseUrl, key };
}

function firstOf(names: readonly string[], { variable }: LitellmParts): string {
  return names.map(variable).find((value) => value !== '') ?? '';
}

function baseUrlOf(kind: LitellmKind, given: string): string | undefined {
  if (given === '') return kind.baseUrl;
  const base = (given.split('?')[0] ?? '').replace(/\/+$/, '').replace(ENDPOINT, '');
  // People write the path that LiteLLM adds, too, and that of a deployment.
  return base.endsWith(kind.path) ? base : base.replace(/\/openai(\/deployments\/.*)?$/, '') + kind.path;
}

function headersOf(params: JsonObject): Record<string, string> {
  // One that names a variable which was not given is null.
  const headers = Object.entries(objectOf(params['extra_headers'])).filter(([, value]) => value !== null);
  return Object.fromEntries(headers.map(([name, value]) => [name, textOf(value)]));
}

function remarkOn(builder: PlanBuilder, params: JsonObject, asked: string, kind: LitellmKind): void {
  if (kind === LITELLM_KINDS['azure'] && textOf(params['api_version']) !== '')
    builder.remarks.add('Azure is asked by its v1 API, so the version of the API does not come over', asked);
  const others = Object.keys(params).filter(
    (field) =>
      !PARAMS_READ.has(field) &&
      !MEANINGLESS.test(field) &&
      params[field] !== null &&
      params[field] !== false,
  );
  for (const field of others)
    builder.remarks.add(`parameter of a deployment that does not come over: ${field}`, asked);
}
