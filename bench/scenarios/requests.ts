import type { Contender } from '../contenders';
import { compare, jobFor, measure, type Kind, type Measurement } from '../measure';
import type { Stage } from '../stage';
import { EMBEDDING, LONG_CHAT, SMALL_CHAT } from '../traffic';

export const SMALL: Kind = { lane: 'plain', endpoint: '/chat/completions', body: SMALL_CHAT };
export const LONG: Kind = { ...SMALL, body: LONG_CHAT };
export const LARGE_ANSWER: Kind = { lane: 'plain', endpoint: '/embeddings', body: EMBEDDING };
const STEADY_ROUNDS = 4;
export const FAULTY: Kind = { ...SMALL, lane: 'faulty' };

/** Names of the measurements. */
export const SCENARIOS = {
  small: 'small chat',
  long: '200 KB prompt',
  large: '1 MB embedding answer',
  faulty: 'small chat, 1 % faults',
  steady: 'small chat at 200 requests/s',
} as const;

/** Requests one after the other on each of several connections, as fast as they are answered. */
export async function requests(stage: Stage, gateway: Contender, scale: number): Promise<Measurement[]> {
  const run = (scenario: string, kind: Kind, connections: number, full: number) =>
    compare(scenario, stage.load, [gateway], kind, {
      rounds: 3,
      connections,
      requests: () => Math.ceil(full * scale),
    });
  return [
    ...(await run(SCENARIOS.small, SMALL, 32, 30_000)),
    ...(await run(SCENARIOS.long, LONG, 16, 4_000)),
    ...(await run(SCENARIOS.large, LARGE_ANSWER, 16, 1_500)),
    ...(await run(SCENARIOS.faulty, FAULTY, 32, 30_000)),
  ];
}

/**
 * What it adds to the latency of a moderate load; the upstream itself, asked directly, is the first line. Several
 * rounds, of which each gets its least disturbed one: what else the machine does shows in the tail long before it shows
 * in the CPU time.
 */
export async function steady(stage: Stage, gateway: Contender, scale: number): Promise<Measurement[]> {
  const how = { kind: 'open' as const, perSecond: 200, seconds: Math.ceil(10 * scale) };
  const contenders = [direct(stage, gateway), gateway];
  const best = new Map<Contender, Measurement>();
  for (let round = 0; round < STEADY_ROUNDS; round++) {
    for (const contender of contenders) {
      await stage.load.run(jobFor(contender, SMALL, { ...how, seconds: 1 }));
      const measured = await measure(SCENARIOS.steady, stage.load, contender, jobFor(contender, SMALL, how));
      const known = best.get(contender);
      if (known === undefined || measured.latencyMs.p99 < known.latencyMs.p99) best.set(contender, measured);
    }
  }
  return [...best.values()];
}

/** The upstream without anything before it. */
function direct({ origins }: Stage, { program }: Contender): Contender {
  const port = Number(new URL(origins.plain).port);
  return {
    name: DIRECT,
    version: '',
    program,
    target: (_lane, endpoint) => ({ port, path: `/v1${endpoint}`, headers: {} }),
  };
}

export const DIRECT = 'no gateway';
