// Names of https://opentelemetry.io/docs/specs/semconv/gen-ai/

const OPERATIONS: readonly (readonly [path: RegExp, operation: string])[] = [
  [/^\/(?:chat\/completions|responses|messages)\/?$/, 'chat'],
  [/:(?:stream)?generateContent$/i, 'generate_content'],
  [/:(?:embedContent|batchEmbedContents)$/, 'embeddings'],
  [/^\/completions\/?$/, 'text_completion'],
  [/^\/embeddings\/?$/, 'embeddings'],
  [/^\/(?:images|audio|videos)(?:\/|$)/, 'generate_content'],
];

/** What a request asks a model for; undefined for what asks none. */
export function operationOf(method: string, path: string): string | undefined {
  if (method !== 'POST') return undefined;
  return OPERATIONS.find(([pattern]) => pattern.test(path))?.[1];
}

/** By the end of a host's name. */
const PROVIDERS: readonly (readonly [domain: string, name: string])[] = [
  ['api.openai.com', 'openai'],
  ['openai.azure.com', 'azure.ai.openai'],
  ['services.ai.azure.com', 'azure.ai.inference'],
  ['amazonaws.com', 'aws.bedrock'],
  ['anthropic.com', 'anthropic'],
  ['generativelanguage.googleapis.com', 'gcp.gemini'],
  ['aiplatform.googleapis.com', 'gcp.vertex_ai'],
  ['api.groq.com', 'groq'],
  ['api.deepseek.com', 'deepseek'],
  ['api.mistral.ai', 'mistral_ai'],
  ['api.x.ai', 'x_ai'],
  ['api.perplexity.ai', 'perplexity'],
  ['api.cohere.ai', 'cohere'],
  ['api.cohere.com', 'cohere'],
];

/** The name that the conventions have for who answers at a host, else the provider's slug. */
export function providerName(host: string, slug: string): string {
  return PROVIDERS.find(([domain]) => host === domain || host.endsWith(`.${domain}`))?.[1] ?? slug;
}

/** Parts of paths that are no ids. */
const WORDS: ReadonlySet<string> = new Set(
  (
    'assistants,audio,batches,cancel,chat,checkpoints,complete,completions,containers,content,' +
    'conversations,edits,embeddings,evals,events,file_batches,files,fine_tuning,generations,images,' +
    'input_items,items,jobs,messages,models,moderations,parts,pause,rerank,resume,responses,runs,search,' +
    'sessions,speech,steps,submit_tool_outputs,threads,transcriptions,translations,uploads,variations,' +
    'vector_stores,videos'
  ).split(','),
);
const PARTS_MAX = 6;

/** The path below a provider with its ids taken out, so that there are few: `/v1/files/{id}/content`. */
export function routeOf(path: string): string {
  const parts = path.split('/').filter((part) => part !== '');
  const [first] = parts;
  if (first === undefined || !WORDS.has(first) || parts.length > PARTS_MAX) return '/v1/{path}';
  // A model's name may have slashes.
  if (first === 'models' && parts.length > 1) return '/v1/models/{id}';
  return `/v1/${parts.map((part) => (WORDS.has(part) ? part : '{id}')).join('/')}`;
}

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** As the conventions for HTTP have it: any other could be made up. */
export function methodOf(method: string): string {
  return METHODS.has(method) ? method : '_OTHER';
}
