import type { GatewayRoute } from '../request/route';

const GOOGLE_CALL = /^(\/(?:models|tunedModels)\/)[^/:]+(:\w+)$/;
const DEPLOYMENT = /(\/deployments\/)[^/]+$/;

/** The address with another model in the place of the one that it names; the rest stays as it is. */
export function renamedAddress(
  { path, place }: Pick<GatewayRoute, 'path' | 'place'>,
  model: string,
): Pick<GatewayRoute, 'path' | 'place'> {
  const name = encodeURIComponent(model);
  const put = (_: string, before: string, after?: unknown): string =>
    before + name + (typeof after === 'string' ? after : '');
  if (GOOGLE_CALL.test(path)) return { path: path.replace(GOOGLE_CALL, put), ...placed(place) };
  return { path, ...placed(place?.replace(DEPLOYMENT, (all, before: string) => put(all, before))) };
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
