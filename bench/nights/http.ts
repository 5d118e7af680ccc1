import type { Random } from '../../lib/balancer/ports';
import { liveOverHttp } from './http-night';
import { live } from './night';
import { scenarios, type Scenario } from './scenario';

/** Of what is possible: chance and the machine's own delays make a difference. */
const DIFFERENCE_MAX = 0.03;

/**
 * Plays the nights at full load both in virtual time and, in real time, over HTTP with the built program between
 * clients and the world; prints what share of the possible each served. Resolves with whether they agree.
 */
export async function compareOverHttp(
  lengthMs: number,
  seed: number,
  random: (seed: number) => Random,
): Promise<boolean> {
  console.log(
    '| night | load | in virtual time | over HTTP | difference | 429s drawn | over HTTP | added, p99 | over HTTP |',
  );
  console.log('|---|---|---|---|---|---|---|---|---|');
  const differences: number[] = [];
  for (const scenario of scenarios(lengthMs).filter(({ load }) => load === 1)) {
    differences.push(await compare(scenario, random, seed));
  }
  const doAgree = differences.every((difference) => Math.abs(difference) <= DIFFERENCE_MAX);
  console.log(`\nThey ${doAgree ? 'agree' : 'do not agree'} within ${DIFFERENCE_MAX * 100} %.`);
  return doAgree;
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

async function compare(scenario: Scenario, random: (seed: number) => Random, seed: number): Promise<number> {
  const possible = await live(scenario, 'omniscient', random, seed);
  const virtual = await live(scenario, 'this balancer', random, seed);
  const real = await liveOverHttp(scenario, random, seed);
  const difference = (real.served - virtual.served) / possible.served;
  const row = [
    scenario.name,
    scenario.load,
    (virtual.served / possible.served).toFixed(3),
    (real.served / possible.served).toFixed(3),
    difference.toFixed(3),
    (virtual.drawn429 / virtual.served).toFixed(3),
    (real.drawn429 / real.served).toFixed(3),
    seconds(virtual.addedMsP99),
    seconds(real.addedMsP99),
  ];
  console.log(`| ${row.join(' | ')} |`);
  return difference;
}
