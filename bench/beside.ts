// The part of the benchmark that measures ours beside other gateways.
import { spawnSync } from 'node:child_process';
import { cpus, release, type } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Contender } from './contenders';
import { jobFor } from './measure';
import { PEERS } from './peers/all';
import type { Peer } from './peers/peer';
import { BESIDE_SCENARIOS, type Scenario } from './scenarios/beside-peers';
import { SMALL } from './scenarios/requests';
import { Stage, type Cores } from './stage';
import { compareBeside, type Comparison, type Effort } from './turns';

export interface Beside {
  readonly date: string;
  /** It may be another than that of the other parts. */
  readonly machine: string;
  /** Those that were measured. */
  readonly peers: readonly { readonly name: string; readonly version: string; readonly setUp: string }[];
  /** Those that could not be, and why. */
  readonly leftOut: Readonly<Record<string, string>>;
  readonly comparisons: readonly Comparison[];
}

export interface BesideOptions extends Effort {
  /** Names of peers; default is all. */
  readonly contenders?: readonly string[] | undefined;
  /** Parts of names of scenarios; default is all. */
  readonly scenarios?: readonly string[] | undefined;
}

/** All peers that can be had here, in all scenarios. */
export async function besidePeers(options: BesideOptions): Promise<Beside> {
  const wanted = BESIDE_SCENARIOS.filter(
    ({ name }) => options.scenarios?.some((part) => name.includes(part)) ?? true,
  );
  const found: Found = { peers: new Map(), leftOut: {} };
  const comparisons: Comparison[] = [];
  const free = wanted.filter(({ isPinned }) => isPinned !== true);
  comparisons.push(...(await onStage(free, options, found)));
  const pinned = wanted.filter(({ isPinned }) => isPinned === true);
  const cores = pinnedCores();
  if (cores === undefined) console.log('without taskset and a second core, nothing is pinned');
  else comparisons.push(...(await onStage(pinned, options, found, cores)));
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus()[0]?.model.trim() ?? 'unknown'}, ${cpus().length} cores, ${type()} ${release()}`,
    peers: [...found.peers.values()],
    leftOut: found.leftOut,
    comparisons,
  };
}

interface Found {
  readonly peers: Map<string, Beside['peers'][number]>;
  readonly leftOut: Record<string, string>;
}

function pinnedCores(): Cores | undefined {
  const count = cpus().length;
  if (count < 2 || spawnSync('taskset', ['-c', '0', 'true']).status !== 0) return undefined;
  return { contender: '0', others: `1-${count - 1}` };
}

/** Starts everyone anew, and measures the scenarios. */
async function onStage(
  scenarios: readonly Scenario[],
  options: BesideOptions,
  found: Found,
  cores?: Cores,
): Promise<Comparison[]> {
  if (scenarios.length === 0) return [];
  const stage = await Stage.open(cores);
  const contenders: Contender[] = [];
  try {
    contenders.push(await stage.gateway());
    contenders.push(...(await startPeers(stage, options, found)));
    for (const contender of contenders) await compile(stage, contender, options.seconds);
    const comparisons: Comparison[] = [];
    for (const scenario of scenarios) {
      for (const { program } of contenders) program.resume();
      await sleep(options.restSeconds * 1_000);
      for (const { program } of contenders) program.pause();
      console.log(`${new Date().toISOString().slice(11, 19)} ${scenario.name}`);
      const earlier = comparisons.find((each) => each.scenario === scenario.after)?.rows;
      const able = contenders.filter(({ name }) => earlier?.some((row) => row.contender === name) ?? true);
      comparisons.push(await compareBeside(stage, able, scenario, options));
    }
    return comparisons;
  } finally {
    for (const { program } of contenders) await program.stop();
    await stage.close();
  }
}

/** Some get faster with the requests they meet, while their code is compiled. */
async function compile({ load }: Stage, contender: Contender, seconds: number): Promise<void> {
  const run = (requests: number) =>
    load.run(jobFor(contender, SMALL, { kind: 'closed', connections: 64, requests }));
  const first = await run(500);
  await run(Math.ceil((2 * seconds * first.requests) / first.seconds));
}

async function startPeers(stage: Stage, { contenders }: BesideOptions, found: Found): Promise<Contender[]> {
  const started: Contender[] = [];
  for (const peer of chosen(contenders)) {
    try {
      const contender = await stage.peer(peer);
      started.push(contender);
      found.peers.set(peer.name, { name: peer.name, version: contender.version, setUp: peer.setUp });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      found.leftOut[peer.name] = why;
      console.log(`${peer.name} is left out: ${why}`);
    }
  }
  return started;
}

/** The peers of these names; throws if there is none of a name. */
function chosen(names: readonly string[] | undefined): readonly Peer[] {
  const unknown = names?.find((name) => PEERS.every((peer) => peer.name !== name));
  if (unknown !== undefined) {
    throw new Error(`there is no peer ${unknown}, but ${PEERS.map(({ name }) => name).join(', ')}`);
  }
  return PEERS.filter(({ name }) => names?.includes(name) ?? true);
}
