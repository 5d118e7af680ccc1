const LISTS = ['data', 'models'] as const;

/**
 * The models of a list in the shapes in use: `{"object":"list","data":[...]}`, `{"models":[...]}` and a bare array;
 * undefined for anything else.
 */
export function modelsOf(json: unknown): unknown[] | undefined {
  if (Array.isArray(json)) return json as unknown[];
  const place = placeOf(json);
  return place === undefined ? undefined : place.models;
}

/** The same list with other models, in the shape that it has. */
export function withModels(json: unknown, models: readonly unknown[]): unknown {
  const place = placeOf(json);
  return place === undefined ? models : { ...(json as object), [place.name]: models };
}

/** The name of a model of such a list: `{"id"}`, `{"model"}`, `{"name"}` or a bare text; undefined if it has none. */
export function modelIdOf(item: unknown): string | undefined {
  if (typeof item === 'string') return item;
  if (!(item instanceof Object)) return undefined;
  const { id, model, name } = item as Readonly<Record<string, unknown>>;
  return [id, model, name].find((text) => typeof text === 'string' && text !== '') as string | undefined;
}

function placeOf(json: unknown) {
  if (!(json instanceof Object)) return undefined;
  for (const name of LISTS) {
    const models = (json as Readonly<Record<string, unknown>>)[name];
    if (Array.isArray(models)) return { name, models: models as unknown[] };
  }
  return undefined;
}
