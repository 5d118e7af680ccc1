// `npm run bench:workers`: the same traffic through one process and through two workers, in turns, so that both meet
// the same machine. CPU time is that of all processes of the program; its ratio is what counts. On two cores load and
// upstream want theirs too, so requests per second say little; what more cores would give is computed from the CPU
// time.
//   --rounds=<n>  rounds; 7 if not given
import type { Contender } from './contenders';
import { compare, type Measurement } from './measure';
import { SMALL } from './scenarios/requests';
import { Stage } from './stage';

const REQUESTS = 20_000;
const CONNECTIONS = 32;
const CORES = 8;
/** Of a core, so much is left to a worker where the system and the first process want some. */
const USABLE_SHARE = 0.9;

const rounds = Number(
  process.argv.find((arg) => arg.startsWith('--rounds='))?.slice('--rounds='.length) ?? 7,
);

async function main(): Promise<void> {
  const stage = await Stage.open();
  const contenders: Contender[] = [];
  try {
    for (const workers of [1, 2]) {
      const name = workers === 1 ? 'one process' : `${workers} workers`;
      contenders.push({ ...(await stage.gateway({ workers })), name });
    }
    const [one, two] = await compare('small chat', stage.load, contenders, SMALL, {
      rounds,
      connections: CONNECTIONS,
      requests: () => REQUESTS,
    });
    if (one !== undefined && two !== undefined) report(one, two);
  } finally {
    for (const { program } of contenders) await program.stop();
    await stage.close();
  }
}

function report(one: Measurement, two: Measurement): void {
  for (const { contender, cpuUsPerRequest, requestsPerSecond, memoryMb, loadAverage } of [one, two]) {
    console.log(
      `${contender}: ${cpuUsPerRequest.toFixed(1)} µs of CPU a request, ${requestsPerSecond.toFixed(0)} requests/s, ` +
        `${memoryMb.toFixed(0)} MB, load average ${loadAverage.toFixed(1)}`,
    );
  }
  console.log(`ratio of CPU time: ${(two.cpuUsPerRequest / one.cpuUsPerRequest).toFixed(3)}`);
  const perSecond = ((CORES - 1) * USABLE_SHARE * 1e6) / two.cpuUsPerRequest;
  console.log(
    `model: ${CORES} cores, ${CORES - 1} workers: ${perSecond.toFixed(0)} requests/s, ` +
      `${((perSecond * one.cpuUsPerRequest) / 1e6).toFixed(1)} times what one process can do`,
  );
}

await main();
