// `npm run bench:workers`: the same traffic through one process and through two workers, in turns, so that both meet
// the same machine. CPU time is that of all processes of the program; its ratio within a round is what counts. On two
// cores load and upstream want theirs too, so requests per second say little; what more cores would give is computed
// from the CPU time. Two processes share the caches of the machine, whether they know of each other or not: two
// programs that share nothing stand beside them. Before anything counts, each process has met so many requests that
// its code is compiled.
//   --rounds=<n>  rounds; 15 if not given
import type { Contender } from './contenders';
import { Load } from './load/load';
import { jobFor, measure, medianOf, type Measurement } from './measure';
import { SMALL } from './scenarios/requests';
import { Stage } from './stage';

const REQUESTS = 20_000;
const WARM_UP_REQUESTS = 80_000;
const CONNECTIONS = 32;
const CORES = 8;
/** Of a core, so much is left to a worker where the system and the first process want some. */
const USABLE_SHARE = 0.9;

const rounds = Number(
  process.argv.find((arg) => arg.startsWith('--rounds='))?.slice('--rounds='.length) ?? 15,
);

/** What is measured at the same time: one contender, or several that share the requests. */
interface Case {
  readonly name: string;
  readonly contenders: readonly Contender[];
  readonly processes: number;
}

async function main(): Promise<void> {
  const stage = await Stage.open();
  const loads = [stage.load, new Load()];
  const started: Contender[] = [];
  const start = async (options: { readonly workers?: number } = {}): Promise<Contender> => {
    const gateway = await stage.gateway(options);
    started.push(gateway);
    return gateway;
  };
  try {
    const cases: Case[] = [
      { name: 'one process', contenders: [await start()], processes: 1 },
      { name: 'two workers', contenders: [await start({ workers: 2 })], processes: 2 },
      { name: 'two programs that share nothing', contenders: [await start(), await start()], processes: 2 },
    ];
    for (const each of cases) await run(each, loads, WARM_UP_REQUESTS * each.processes);
    const measured = new Map<Case, Measurement[]>(cases.map((each) => [each, []]));
    for (let round = 0; round < rounds; round++) {
      for (const each of round % 2 === 0 ? cases : cases.toReversed()) {
        measured.get(each)?.push(await run(each, loads, REQUESTS));
      }
    }
    report([...measured.values()]);
  } finally {
    for (const { program } of started) await program.stop();
    for (const load of loads) await load.stop();
    await stage.close();
  }
}

async function run(
  { name, contenders }: Case,
  loads: readonly Load[],
  requests: number,
): Promise<Measurement> {
  const parts = await Promise.all(
    contenders.map(async (contender, index) => {
      const load = loads[index];
      if (load === undefined) throw new Error('no load for each contender');
      return measure(
        'small chat',
        load,
        contender,
        jobFor(contender, SMALL, {
          kind: 'closed',
          connections: CONNECTIONS / contenders.length,
          requests: requests / contenders.length,
        }),
      );
    }),
  );
  const [first] = parts;
  if (first === undefined) throw new Error('nothing was measured');
  const sum = (of: (part: Measurement) => number) => parts.reduce((total, part) => total + of(part), 0);
  return {
    ...first,
    contender: name,
    requests,
    requestsPerSecond: sum((part) => part.requestsPerSecond),
    cpuUsPerRequest: sum((part) => part.cpuUsPerRequest) / parts.length,
    memoryMb: sum((part) => part.memoryMb),
  };
}

function report(cases: readonly Measurement[][]): void {
  const [one = [], two = []] = cases;
  for (const each of cases) {
    const { contender, cpuUsPerRequest, requestsPerSecond, memoryMb, loadAverage } = medianOf(each);
    console.log(
      `${contender}: ${cpuUsPerRequest.toFixed(1)} µs of CPU a request, ${requestsPerSecond.toFixed(0)} requests/s, ` +
        `${memoryMb.toFixed(0)} MB, load average ${loadAverage.toFixed(1)}; ` +
        `CPU time to that of one process, median of ${rounds} rounds: ${ratio(each, one).toFixed(3)}`,
    );
  }
  const perSecond = ((CORES - 1) * USABLE_SHARE * 1e6) / medianOf(two).cpuUsPerRequest;
  console.log(
    `model: ${CORES} cores, ${CORES - 1} workers: ${perSecond.toFixed(0)} requests/s, ` +
      `${(((CORES - 1) * USABLE_SHARE) / ratio(two, one)).toFixed(1)} times what one process can do`,
  );
}

function ratio(of: readonly Measurement[], to: readonly Measurement[]): number {
  const ratios = of.map((each, round) => each.cpuUsPerRequest / (to[round]?.cpuUsPerRequest ?? Number.NaN));
  return ratios.sort((a, b) => a - b)[ratios.length >> 1] ?? Number.NaN;
}

await main();
