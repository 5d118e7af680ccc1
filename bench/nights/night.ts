import type { Random } from '../../lib/balancer/ports';
import { Balancer, blindRoundRobin, Omniscient, type Router, type Stage } from './routers';
import { nightOf, type Scenario } from './scenario';
import { VirtualTime } from './virtual-time';
import { World, type NightRequest } from './world';

/** How a router got through a night. */
export interface Course {
  readonly served: number;
  /** Needless: the key had nothing left. */
  readonly drawn429: number;
  readonly wronglyDisabled: number;
  /** From the end of an outage until as much is served as a minute later; undefined without an outage. */
  readonly recoveryMs: number | undefined;
  /** What nearly all served requests, 99 of 100, waited at most beyond a healthy provider's own time. */
  readonly addedMsP99: number;
}

/** As an impatient person would have it. */
const IMPATIENT = { hedgeMs: 3_000, waitMs: 7_000 };

export const ROUTERS = {
  omniscient: (stage: Stage) => new Omniscient(stage),
  'blind round robin': blindRoundRobin,
  'this balancer': (stage: Stage) => new Balancer(stage, 'headroom'),
  'this balancer, hedging': (stage: Stage) => new Balancer(stage, 'headroom', IMPATIENT),
  'round robin of this balancer': (stage: Stage) => new Balancer(stage, 'round_robin'),
} satisfies Readonly<Record<string, (stage: Stage) => Router>>;

export type RouterName = keyof typeof ROUTERS;

/** Lives through one night in virtual time; the same for the same seed. */
export async function live(
  scenario: Scenario,
  router: RouterName,
  random: (seed: number) => Random,
  seed: number,
): Promise<Course> {
  const night = nightOf(scenario, random, seed);
  const time = new VirtualTime(night.startsAt);
  const world = new World(night.troubles, random(seed + 2));
  const chosen = ROUTERS[router]({ time, world, keys: night.keys(), random: random(seed + 3) });
  const served = new Map<NightRequest, number>();
  for (const request of night.requests)
    time.at(request.arrivesAt, () => {
      void chosen.serve(request).then((isServed) => {
        if (isServed) served.set(request, time.now() - request.arrivesAt - request.firstByteMs);
      });
    });
  await time.run();
  const [outage] = night.troubles.outages;
  return {
    served: served.size,
    drawn429: world.drawn429,
    wronglyDisabled: chosen.wronglyDisabled,
    recoveryMs: outage === undefined ? undefined : recovery(night.requests, served, outage.to),
    addedMsP99: percentile([...served.values()], 0.99),
  };
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** Of the usual share, in a second of few requests. */
const ALL_BUT = 0.9;

/** Until the first second in which nearly as large a share is served as in the minute after the next. */
function recovery(
  requests: readonly NightRequest[],
  served: ReadonlyMap<NightRequest, number>,
  over: number,
): number {
  const share = (from: number, to: number) => {
    const all = requests.filter(({ arrivesAt }) => arrivesAt >= from && arrivesAt < to);
    return all.length === 0 ? 1 : all.filter((request) => served.has(request)).length / all.length;
  };
  const usual = share(over + MINUTE, over + 2 * MINUTE);
  for (let from = over; from < over + MINUTE; from += SECOND)
    if (share(from, from + SECOND) >= ALL_BUT * usual) return from - over;
  return MINUTE;
}

/** What so large a share are at most. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length * share)] ?? 0;
}
