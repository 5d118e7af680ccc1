import type { GatewayRoute } from '../request/route';

const GOOGLE_CALL = /^(\/(?:models|tunedModels)\/).+(:\w+)$/;
const DEPLOYMENT = /(\/deployments\/).+$/;
/** A name as Google's lists have it. */
const COLLECTION = /^(?:models|tunedModels)\/(?=.)/;

/**
 * The address with another model in the place of the one that it names; the rest stays as it is. Google's kinds of
 * models, `models/` and `tunedModels/`, are those of the name if it tells one.
 */
export function renamedAddress(
  { path, place }: Pick<GatewayRoute, 'path' | 'place'>,
  model: string,
): Pick<GatewayRoute, 'path' | 'place'> {
  const call = GOOGLE_CALL.exec(path);
  if (call === null) {
    const put = (_: string, before: string): string => before + encodeURIComponent(model);
    return { path, ...placed(place?.replace(DEPLOYMENT, put)) };
  }
  const [, before = '', method = ''] = call;
  const kind = collectionOf(model);
  const name = encodeURIComponent(model.slice(kind.length));
  return { path: (kind === '' ? before : `/${kind}`) + name + method, ...placed(place) };
}

/** `models/` or `tunedModels/` if the name begins with that, else ''. */
export function collectionOf(model: string): string {
  return COLLECTION.exec(model)?.[0] ?? '';
}

function placed(place: string | undefined): Pick<GatewayRoute, 'place'> {
  return place === undefined ? {} : { place };
}

const NAMES: ReadonlySet<string> = new Set(['model', 'deployment']);

/** How often a query names a model: `?model=`, or `?deployment=` as Azure's clients have it. */
export function modelsInQuery(query: string): number {
  return query.slice(1).split('&').filter(namesModel).length;
}

/** The query, '' or `?...`, with another model in the place of the one that it names. */
export function renamedQuery(query: string, model: string): string {
  if (query === '') return query;
  const parameters = query.slice(1).split('&');
  const put = (parameter: string) =>
    namesModel(parameter)
      ? `${parameter.slice(0, parameter.indexOf('=') + 1)}${encodeURIComponent(model)}`
      : parameter;
  return `?${parameters.map(put).join('&')}`;
}

/** As URLSearchParams reads it. */
function namesModel(parameter: string): boolean {
  const equals = parameter.indexOf('=');
  if (equals === -1) return false;
  const [name] = new URLSearchParams(parameter).keys();
  return name !== undefined && NAMES.has(name);
}
