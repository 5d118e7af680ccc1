// `npm run bench:against -- <folder>`: CPU time of a small request, of a 200 KB prompt and of one with faults through
// this build and through another one (a checkout in which `npm ci && npm run build` was run). The builds take turns, so
// that both meet the same machine; the medians and their ratio are printed.
import { resolve } from 'node:path';
import type { Contender } from './contenders';
import { jobFor, measure, medianOf, type Kind, type Measurement } from './measure';
import { FAULTY, LONG, SMALL } from './scenarios/requests';
import { Stage } from './stage';

const ROUNDS = 12;
const SCENARIOS: readonly { readonly name: string; readonly kind: Kind; readonly requests: number }[] = [
  { name: 'small chat', kind: SMALL, requests: 8_000 },
  { name: '200 KB prompt', kind: LONG, requests: 1_000 },
  { name: 'small chat, 1 % faults', kind: FAULTY, requests: 8_000 },
];

async function ratioOf(
  stage: Stage,
  builds: readonly Contender[],
  { name, kind, requests }: (typeof SCENARIOS)[number],
): Promise<void> {
  const rounds = new Map<Contender, Measurement[]>(builds.map((build) => [build, []]));
  const run = (build: Contender) =>
    measure(name, stage.load, build, jobFor(build, kind, { kind: 'closed', connections: 32, requests }));
  for (const build of builds) await run(build);
  for (let round = 0; round < ROUNDS; round += 1)
    for (const build of round % 2 === 0 ? builds : builds.toReversed())
      rounds.get(build)?.push(await run(build));
  const [ours = NaN, other = NaN] = builds.map((build) => medianOf(rounds.get(build) ?? []).cpuUsPerRequest);
  console.log(
    `${name}: ${ours.toFixed(0)} µs, the other ${other.toFixed(0)} µs, ratio ${(ours / other).toFixed(3)}`,
  );
}

async function main(): Promise<void> {
  const [folder] = process.argv.slice(2);
  if (folder === undefined) throw new Error('say which build to compare with: the folder of its checkout');
  const stage = await Stage.open();
  const builds = [await stage.gateway(), await stage.gateway({ root: resolve(folder) })];
  for (const scenario of SCENARIOS) await ratioOf(stage, builds, scenario);
  for (const { program } of builds) await program.stop();
  await stage.close();
}

await main();
