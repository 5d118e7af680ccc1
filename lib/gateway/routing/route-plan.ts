import type { LiveRoute } from '../../balancer/routes/route-table';
import type { Turn } from '../../balancer/routes/turns';
import type { KeyState } from '../../balancer/pool/key-state';
import { notServed } from '../../openai/models/model-filter';
import { gatewayError, type GatewayError } from '../answer/errors';
import type { GatewayConfig, GatewayProvider } from '../config';
import { distinct, isServed, targetAt, type GatewayTarget, type Plan } from './plan';
import { shownName } from './shown-name';

const NO_KEYS: ReadonlySet<KeyState> = new Set();

/**
 * The targets of a route in the order in which they are asked: those of the lowest tier by their turns, then the next
 * tier. Where a target that is unavailable leads to no other one, those that cannot serve now come last.
 */
export function planOfRoute(
  { route, tiers }: LiveRoute,
  model: string,
  config: GatewayConfig,
  now: number,
): Plan | GatewayError {
  const all = route.targets.map(({ provider: slug, model: called = model }) => {
    const provider = config.providers.get(slug);
    return provider && targetAt(provider, called === model ? undefined : called);
  });
  const served = all.map((target) =>
    target !== undefined && isServed(target.sentModel, config.filteredModels) ? target : undefined,
  );
  const known = shownName(model);
  const able: GatewayTarget[] = [];
  const unable: GatewayTarget[] = [];
  const taken: Turn[] = [];
  const goesOnFor = new Set(route.on);
  const isTold = goesOnFor.has('unavailable');
  for (const { targets: places, turns } of tiers) {
    const isAble = places.map((place) => canServe(served[place], known, now));
    const turn = turns.next(isAble);
    taken.push(turn);
    for (const at of turn.order) {
      const target = served[places[at] ?? -1];
      if (target?.provider.isEnabled !== true) continue;
      (isTold || isAble[at] === true ? able : unable).push(target);
    }
  }
  const targets = distinct([...able, ...unable]);
  const [first] = targets;
  if (first === undefined) return nobody(route.name, all, model);
  const { firstTokenTimeout: seconds } = route;
  return {
    provider: first.provider,
    targets,
    places: placesOf(all),
    route: route.name,
    giveTurnsBack: () => taken.forEach(({ giveBack }) => giveBack()),
    goesOnFor,
    firstTokenTimeoutMs: seconds === undefined ? undefined : seconds * 1000,
  };
}

/** Its provider answers, and has a key for the model. */
function canServe(target: GatewayTarget | undefined, asked: string, now: number): boolean {
  if (target?.provider.isEnabled !== true) return false;
  const { pool, model = asked } = target;
  return pool.freeInMs({ model, tokens: 0, owner: undefined, refusedBy: NO_KEYS }, now) === 0;
}

function placesOf(targets: readonly (GatewayTarget | undefined)[]): GatewayProvider[] {
  const providers = new Set<GatewayProvider>();
  for (const target of targets) if (target?.provider.isEnabled === true) providers.add(target.provider);
  for (const target of targets) if (target !== undefined) providers.add(target.provider);
  return [...providers];
}

function nobody(route: string, targets: readonly (GatewayTarget | undefined)[], model: string): GatewayError {
  const isEnabled = targets.some((target) => target?.provider.isEnabled);
  if (isEnabled) return gatewayError('model_not_found', notServed(model));
  return gatewayError('no_key_available', `No provider of the route '${route}' exists and is enabled.`);
}
