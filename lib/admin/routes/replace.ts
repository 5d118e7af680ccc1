import type { EndpointInput } from '../contract/endpoint';
import type { RoutesAnswer, routesApi } from '../contract/routes';
import type { AdminContext } from '../context';
import { updateSettings } from '../settings/update';
import { listRoutes } from './list';

/** The routes as they are from now on, in this order. They are in force when the promise settles. */
export async function replaceRoutes(
  context: AdminContext,
  { revision, routes }: EndpointInput<typeof routesApi.replace>,
): Promise<RoutesAnswer> {
  const MODEL_ROUTES = routes.length === 0 ? null : JSON.stringify(routes);
  await updateSettings(context, { revision, values: { MODEL_ROUTES } }, 'routes.replace');
  return listRoutes(context);
}
