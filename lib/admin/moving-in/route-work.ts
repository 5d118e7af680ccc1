import type { ModelRoute } from '../../balancer/routes/model-route';
import { parseSetting, serializeSetting } from '../../config/settings';
import type { MovedRoute, MovedTarget } from '../../moving-in/plan';
import type { Remarks } from '../../moving-in/remarks';

/** What becomes of the routes of a plan. */
export interface RouteWork {
  readonly fresh: number;
  readonly known: number;
  /** MODEL_ROUTES with them behind those that are here; undefined if none is new. */
  readonly setting: string | undefined;
}

export interface RouteParts {
  /** The slugs that the providers of the plan have here. */
  readonly slugs: ReadonlyMap<string, string>;
  readonly present: readonly ModelRoute[];
  readonly remarks: Remarks;
}

const ROUTES_MAX = 1_000;

/** A route of a name that is here stays as it is. */
export function routeWork(
  planned: readonly MovedRoute[],
  { slugs, present, remarks }: RouteParts,
): RouteWork {
  const byName = new Map(present.map((route) => [route.name, route]));
  const fresh: ModelRoute[] = [];
  let known = 0;
  for (const one of planned) {
    const route = routeOf(one, slugs);
    const before = byName.get(one.name);
    if (route === undefined)
      remarks.add('route left out: its name or a name in it is none for a model', one.name);
    else if (before === undefined && present.length + fresh.length >= ROUTES_MAX)
      remarks.add(`route left out: there can be ${ROUTES_MAX}`, one.name);
    else if (before === undefined) fresh.push(route);
    else {
      known += 1;
      if (textOf([before]) !== textOf([route]))
        remarks.add('route of this name is here already with other targets: it stays as it is', one.name);
    }
  }
  const setting = fresh.length === 0 ? undefined : textOf([...present, ...fresh]);
  return { fresh: fresh.length, known, setting };
}

function routeOf(
  { name, targets, on }: MovedRoute,
  slugs: ReadonlyMap<string, string>,
): ModelRoute | undefined {
  const entry = { name, on, targets: targets.map((target) => targetOf(target, slugs)) };
  const read = parseSetting('MODEL_ROUTES', JSON.stringify([entry]));
  return read.ok ? read.value[0] : undefined;
}

function targetOf(
  { provider, model, weight, tier }: MovedTarget,
  slugs: ReadonlyMap<string, string>,
): object {
  return { provider: slugs.get(provider), ...(model !== null && { model }), weight, tier };
}

const textOf = (routes: readonly ModelRoute[]): string => serializeSetting('MODEL_ROUTES', routes);
