const MODELS_MAX = 100;
const MODEL_LENGTH_MAX = 100;
export const OTHER = 'other';

/** Endpoints that get a label of their own; ids within a path never do. */
const ENDPOINTS: readonly (readonly [prefix: string, label: string])[] = [
  ['/chat/completions', 'chat/completions'],
  ['/completions', 'completions'],
  ['/embeddings', 'embeddings'],
  ['/responses', 'responses'],
  ['/models', 'models'],
  ['/images', 'images'],
  ['/audio', 'audio'],
  ['/moderations', 'moderations'],
  ['/files', 'files'],
  ['/batches', 'batches'],
  ['/rerank', 'rerank'],
  ['/messages', 'messages'],
];

/** Google's calls name the model first: `/models/gemini-2.5-flash:generateContent`. */
const GENERATING = /:(?:stream)?generateContent$/i;

/** The label of a path below `/v1`; `other` for what is not known. */
export function endpointLabel(path: string): string {
  if (GENERATING.test(path)) return 'generateContent';
  for (const [prefix, label] of ENDPOINTS) {
    if (path.startsWith(prefix) && (path.length === prefix.length || path[prefix.length] === '/'))
      return label;
  }
  return OTHER;
}

/**
 * Labels for models: at most 100 of their own, then `other`. Clients make up names, so one gets its label only when a
 * provider has served it. No model at all is ''.
 */
export class ModelLabels {
  readonly #known = new Set<string>();

  of(model: string | undefined, isServed: boolean): string {
    if (model === undefined || model === '') return '';
    if (this.#known.has(model)) return model;
    if (!isServed || this.#known.size >= MODELS_MAX || model.length > MODEL_LENGTH_MAX) return OTHER;
    this.#known.add(model);
    return model;
  }
}
