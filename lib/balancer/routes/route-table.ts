import type { ModelRoute } from './model-route';
import { Turns } from './turns';

/** A route, and whose turn it is in each of its tiers, the lowest first. */
export interface LiveRoute {
  readonly route: ModelRoute;
  readonly tiers: readonly Tier[];
}

export interface Tier {
  /** Places in the targets of the route. */
  readonly targets: readonly number[];
  readonly turns: Turns;
}

/** Finds the route of a name: an exact name first, then the first pattern that fits. */
export class RouteTable {
  readonly #exact = new Map<string, LiveRoute>();
  readonly #patterns: { readonly fits: (name: string) => boolean; readonly live: LiveRoute }[] = [];

  constructor(readonly routes: readonly ModelRoute[] = []) {
    for (const route of routes) {
      const live = { route, tiers: tiersOf(route) };
      if (route.name.includes('*')) this.#patterns.push({ fits: pattern(route.name), live });
      else this.#exact.set(route.name, live);
    }
  }

  get isEmpty(): boolean {
    return this.routes.length === 0;
  }

  find(name: string): LiveRoute | undefined {
    return this.#exact.get(name) ?? this.#patterns.find(({ fits }) => fits(name))?.live;
  }
}

function tiersOf({ targets }: ModelRoute): Tier[] {
  const byTier = new Map<number, number[]>();
  for (const [index, { tier }] of targets.entries()) byTier.set(tier, [...(byTier.get(tier) ?? []), index]);
  return [...byTier]
    .sort(([a], [b]) => a - b)
    .map(([, places]) => ({
      targets: places,
      turns: new Turns(places.map((place) => targets[place]?.weight ?? 1)),
    }));
}

/** Takes time in proportion to both lengths at most, whatever the pattern is. */
function pattern(name: string): (asked: string) => boolean {
  const [first = '', ...rest] = name.split('*');
  const last = rest.pop() ?? '';
  return (asked) => {
    if (asked.length < first.length + last.length) return false;
    if (!asked.startsWith(first) || !asked.endsWith(last)) return false;
    let at = first.length;
    for (const part of rest) {
      const found = asked.indexOf(part, at);
      if (found === -1) return false;
      at = found + part.length;
    }
    return at <= asked.length - last.length;
  };
}
