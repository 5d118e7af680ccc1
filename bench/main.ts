// `npm run bench`: measures the built gateway and its peers, and writes docs/benchmarks.md and docs/benchmarks.json.
//   --quick      a tenth of the requests, to try the benchmark itself; writes nothing
import { mkdirSync, writeFileSync } from 'node:fs';
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
const SCALE = isQuick ? 0.1 : 1;
const SOAK_REQUESTS = 1_000_000;
const STREAM_SECONDS = 20;
/** Reads one answer after the other and cannot carry streams. */
const WITHOUT_STREAMS = 'bare undici.dispatch';

function say(text: string): void {
  console.log(`${new Date().toISOString().slice(11, 19)} ${text}`);
}

async function main(): Promise<void> {
  const stage = await Stage.open();
  try {
    const results = await run(stage);
    const page = markdown(results);
    console.log(page);
    if (isQuick) return;
    mkdirSync(join(ROOT, 'docs'), { recursive: true });
    writeFileSync(join(ROOT, 'docs', 'benchmarks.md'), page);
    writeFileSync(join(ROOT, 'docs', 'benchmarks.json'), `${JSON.stringify(results, null, 2)}\n`);
  } finally {
    await stage.close();
  }
}

async function run(stage: Stage): Promise<Results> {
  say('idle memory');
  const memoryMb = await idleMemoryMb(stage);
  const gateway = await stage.gateway();
  const peers = await stage.peers();
  const contenders = [gateway, ...peers];
  try {
    say('requests');
    const requestRows = await requests(stage, gateway, peers, SCALE);
    say('steady rate');
    const steadyRows = await steady(stage, gateway, peers, SCALE);
    say('streams');
    const streamRows = await allStreams(stage, gateway, peers);
    for (const peer of peers) await peer.program.stop();
    await gateway.program.stop();
    say('many keys');
    const keyRows = await manyKeys(stage, SCALE);
    say('endurance');
    const soakRows = await soak(stage, SOAK_REQUESTS * SCALE);
    return {
      machine: machine(stage, contenders),
      idleMemoryMb: memoryMb,
      requests: requestRows,
      steady: steadyRows,
      streams: streamRows,
      manyKeys: keyRows,
      soak: soakRows,
    };
  } finally {
    for (const { program } of contenders) await program.stop();
  }
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
