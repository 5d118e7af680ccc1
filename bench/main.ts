// `npm run bench`: measures the built gateway, and writes docs/benchmarks.md and docs/benchmarks.json.
//   --quick        a tenth of the requests, to try the benchmark itself; writes nothing
//   --only=<part>  measures one part again (idleMemoryMb, requests, steady, streams, manyKeys, growth, soak), keeps the
//                  others
//   --peers        measures the part beside other gateways, keeps the others. PEER_GPT_LOAD_1, PEER_GPT_LOAD_2,
//                  PEER_GOMODEL, PEER_BIFROST and PEER_NEW_API may say where their sources or programs are.
//      --contenders=<names>, --scenarios=<parts of names>  only these, with commas between; writes nothing
//      --rounds=<n>                                        so many quiet rounds, instead of five
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { besidePeers } from './beside';
import { besideSection } from './beside-report';
import { ROOT, type Contender } from './contenders';
import { markdown } from './report';
import type { Machine, Results } from './results';
import { growth } from './scenarios/growth';
import { idleMemoryMb } from './scenarios/idle';
import { manyKeys } from './scenarios/many-keys';
import { requests, steady } from './scenarios/requests';
import { soak } from './scenarios/soak';
import { streams, type StreamMeasurement } from './scenarios/streams';
import { Stage } from './stage';

const isQuick = process.argv.includes('--quick');
const onlyPart = option('only');
const withPeers = process.argv.includes('--peers') || onlyPart === 'peers';
const contenders = option('contenders')?.split(',');
const scenarios = option('scenarios')?.split(',');
const DOCS = join(ROOT, 'docs');
const JSON_FILE = join(DOCS, 'benchmarks.json');
const SCALE = isQuick ? 0.1 : 1;
const SOAK_REQUESTS = 1_000_000;
const STREAM_SECONDS = 20;
const ROUNDS = isQuick ? 2 : 5;

function option(name: string): string | undefined {
  return process.argv.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
}

async function main(): Promise<void> {
  const measured: Partial<Results> = withPeers ? await part('peers', measurePeers) : await ofOurs();
  const results = { ...lastResults(), ...measured } as Results;
  const page = markdown(results);
  console.log(measured.peers === undefined ? page : besideSection(measured.peers));
  if (isQuick || contenders !== undefined || scenarios !== undefined) return;
  mkdirSync(DOCS, { recursive: true });
  writeFileSync(join(DOCS, 'benchmarks.md'), page);
  writeFileSync(JSON_FILE, `${JSON.stringify(results, null, 2)}\n`);
}

/** What is not measured again stays as it is. */
function lastResults(): Partial<Results> {
  return existsSync(JSON_FILE) ? (JSON.parse(readFileSync(JSON_FILE, 'utf8')) as Results) : {};
}

function measurePeers(): Promise<Results['peers'] & object> {
  const rounds = Number(option('rounds') ?? ROUNDS);
  const roundsMax = isQuick ? rounds : rounds * 3;
  return besidePeers({
    rounds,
    roundsMax,
    seconds: isQuick ? 1 : 5,
    restSeconds: isQuick ? 0 : 65,
    contenders,
    scenarios,
  });
}

/** All parts of ours alone, or the one that was asked for. */
async function ofOurs(): Promise<Partial<Results>> {
  const isWanted = (name: keyof Results): boolean => onlyPart === undefined || onlyPart === name;
  const stage = await Stage.open();
  try {
    const idle = isWanted('idleMemoryMb') && (await part('idleMemoryMb', () => idleMemoryMb(stage)));
    const gateway = await stage.gateway();
    const measured = {
      ...idle,
      ...(isWanted('requests') && (await part('requests', () => requests(stage, gateway, SCALE)))),
      ...(isWanted('steady') && (await part('steady', () => steady(stage, gateway, SCALE)))),
      ...(isWanted('streams') && (await part('streams', () => allStreams(stage, gateway)))),
    };
    await gateway.program.stop();
    return {
      machine: machine(stage, gateway),
      ...measured,
      ...(isWanted('manyKeys') && (await part('manyKeys', () => manyKeys(stage, SCALE)))),
      ...(isWanted('growth') && (await part('growth', () => growth(stage, SCALE)))),
      ...(isWanted('soak') && (await part('soak', () => soak(stage, SOAK_REQUESTS * SCALE)))),
    };
  } finally {
    await stage.close();
  }
}

async function part<Name extends keyof Results>(
  name: Name,
  work: () => Promise<NonNullable<Results[Name]>>,
): Promise<Pick<Results, Name>> {
  console.log(`${new Date().toISOString().slice(11, 19)} ${name}`);
  return { [name]: await work() } as unknown as Pick<Results, Name>;
}

async function allStreams(stage: Stage, gateway: Contender): Promise<StreamMeasurement[]> {
  const seconds = Math.ceil(STREAM_SECONDS * SCALE);
  return [
    await streams('1,000 streams', 'streams', stage, gateway, seconds),
    await streams('1,000 streams, 1 % faults', 'faulty_streams', stage, gateway, seconds),
  ];
}

function machine({ upstream }: Stage, { version }: Contender): Machine {
  const [cpu] = cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    cpu: cpu?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    os: `${type()} ${release()}`,
    node: process.versions.node,
    upstream: upstream.description,
    version,
  };
}

await main();
