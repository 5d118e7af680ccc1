// `npm run bench`: measures the built gateway and its peers, and writes docs/benchmarks.md and docs/benchmarks.json.
//   --quick        a tenth of the requests, to try the benchmark itself; writes nothing
//   --only=<part>  measures one part again (idleMemoryMb, requests, steady, streams, manyKeys, soak), keeps the others
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { OURS, ROOT, type Contender } from './contenders';
import { markdown } from './report';
import type { Machine, Results } from './results';
import { idleMemoryMb } from './scenarios/idle';
import { manyKeys } from './scenarios/many-keys';
import { requests, steady } from './scenarios/requests';
import { soak } from './scenarios/soak';
import { streams, type StreamMeasurement } from './scenarios/streams';
import { Stage } from './stage';

const isQuick = process.argv.includes('--quick');
const onlyPart = process.argv.find((arg) => arg.startsWith('--only='))?.slice('--only='.length);
const DOCS = join(ROOT, 'docs');
const JSON_FILE = join(DOCS, 'benchmarks.json');
const SCALE = isQuick ? 0.1 : 1;
const SOAK_REQUESTS = 1_000_000;
const STREAM_SECONDS = 20;
/** Reads one answer after the other and cannot carry streams. */
const WITHOUT_STREAMS = 'bare undici.dispatch';

async function main(): Promise<void> {
  const stage = await Stage.open();
  try {
    const results: Results = { ...(onlyPart === undefined ? {} : lastResults()), ...(await run(stage)) };
    const page = markdown(results);
    console.log(page);
    if (isQuick) return;
    mkdirSync(DOCS, { recursive: true });
    writeFileSync(join(DOCS, 'benchmarks.md'), page);
    writeFileSync(JSON_FILE, `${JSON.stringify(results, null, 2)}\n`);
  } finally {
    await stage.close();
  }
}

function lastResults(): Partial<Results> {
  return existsSync(JSON_FILE) ? (JSON.parse(readFileSync(JSON_FILE, 'utf8')) as Results) : {};
}

/** All parts, or the one that was asked for. */
async function run(stage: Stage): Promise<Results> {
  const isWanted = (part: keyof Results): boolean => onlyPart === undefined || onlyPart === part;
  const idle = isWanted('idleMemoryMb') ? await part('idleMemoryMb', () => idleMemoryMb(stage)) : undefined;
  const gateway = await stage.gateway();
  const peers = await stage.peers();
  const withPeers = {
    ...(isWanted('requests') && (await part('requests', () => requests(stage, gateway, peers, SCALE)))),
    ...(isWanted('steady') && (await part('steady', () => steady(stage, gateway, peers, SCALE)))),
    ...(isWanted('streams') && (await part('streams', () => allStreams(stage, gateway, peers)))),
  };
  for (const { program } of [gateway, ...peers]) await program.stop();
  return {
    machine: machine(stage, [gateway, ...peers]),
    ...idle,
    ...withPeers,
    ...(isWanted('manyKeys') && (await part('manyKeys', () => manyKeys(stage, SCALE)))),
    ...(isWanted('soak') && (await part('soak', () => soak(stage, SOAK_REQUESTS * SCALE)))),
  };
}

async function part<Name extends keyof Results>(
  name: Name,
  work: () => Promise<NonNullable<Results[Name]>>,
): Promise<Pick<Results, Name>> {
  console.log(`${new Date().toISOString().slice(11, 19)} ${name}`);
  return { [name]: await work() } as unknown as Pick<Results, Name>;
}

async function allStreams(
  stage: Stage,
  gateway: Contender,
  peers: readonly Contender[],
): Promise<StreamMeasurement[]> {
  const seconds = Math.ceil(STREAM_SECONDS * SCALE);
  const rows: StreamMeasurement[] = [];
  for (const contender of [gateway, ...peers]) {
    if (contender.name === WITHOUT_STREAMS) continue;
    rows.push(await streams('1,000 streams', 'streams', stage, contender, seconds));
  }
  rows.push(await streams('1,000 streams, 1 % faults', 'faulty_streams', stage, gateway, seconds));
  return rows;
}

function machine({ upstream }: Stage, contenders: readonly Contender[]): Machine {
  const [cpu] = cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    cpu: cpu?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    os: `${type()} ${release()}`,
    node: process.versions.node,
    upstream: upstream.description,
    versions: Object.fromEntries(
      contenders.map(({ name, version }) => [name === OURS ? 'OpenAI Balance' : name, version]),
    ),
  };
}

await main();
