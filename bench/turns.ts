// Contenders take turns in a scenario, and what came of it.
import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { wrongAnswer, wrongResult, wrongStreams } from './answers';
import type { Contender } from './contenders';
import type { Job, LoadResult } from './load/job';
import { jobFor } from './measure';
import { othersShare, workSoFar } from './others';
import { choose, isQuiet, rowsOf, type Round, type Row, type Turn } from './rounds';
import type { Scenario } from './scenarios/beside-peers';
import type { Stage } from './stage';

const WARM_UP_SECONDS = 1;
const FIRST_REQUESTS = 100;
/** Until a contender has closed what was open. */
const SETTLE_MS = 500;
/** After so many failures a contender is left out of a scenario. */
const FAILURES_MAX = 3;

export interface Effort {
  /** Quiet ones that are wanted. */
  readonly rounds: number;
  /** After so many, with those that there are. */
  readonly roundsMax: number;
  /** Of a turn, about. */
  readonly seconds: number;
  /** Before a scenario, for what contenders have put off in the one before: some write their logs each minute. */
  readonly restSeconds: number;
}

/** One scenario, as all contenders met it. */
export interface Comparison {
  readonly scenario: string;
  readonly unit: 'request' | 'event';
  readonly rows: readonly Row[];
  /** What was wrong with whom; those without a row have failed each time. */
  readonly wrong: Readonly<Record<string, string>>;
  readonly roundsCounted: number;
  readonly roundsThrownAway: number;
  /** Too few rounds were quiet: all count. */
  readonly isBusy: boolean;
}

/** A contender in this scenario. */
interface Runner {
  readonly contender: Contender;
  /** Of a turn in a closed loop: chosen by how fast it was at first, so that all take about the same time. */
  requests: number;
  failures: number;
  /** The last of them. */
  wrong?: string;
}

/** Each contender in turn, in alternating order, while the others are paused. They must be paused before. */
export async function compareBeside(
  stage: Stage,
  contenders: readonly Contender[],
  scenario: Scenario,
  effort: Effort,
): Promise<Comparison> {
  const runners = contenders.map((contender): Runner => ({
    contender,
    requests: FIRST_REQUESTS,
    failures: 0,
  }));
  for (const runner of runners) {
    const isReady = await awake(runner, () => warmUp(stage, runner, scenario));
    if (isReady === undefined) runner.failures = FAILURES_MAX;
  }
  const rounds: Round[] = [];
  while (rounds.filter(isQuiet).length < effort.rounds && rounds.length < effort.roundsMax) {
    const able = runners.filter(({ failures }) => failures < FAILURES_MAX);
    if (able.length === 0) break;
    const inTurn = rounds.length % 2 === 0 ? able : able.toReversed();
    rounds.push(await roundOf(stage, inTurn, scenario, effort));
  }
  return comparisonOf(scenario, runners, rounds);
}

function comparisonOf(
  { name, load }: Scenario,
  runners: readonly Runner[],
  rounds: readonly Round[],
): Comparison {
  const { counted, isBusy } = choose(rounds);
  const able = runners
    .filter(({ failures }) => failures < FAILURES_MAX)
    .map(({ contender }) => contender.name);
  const rows = rowsOf(counted).filter(({ contender }) => able.includes(contender));
  const wrong = runners.flatMap(({ contender, wrong: why }) =>
    why === undefined ? [] : [[contender.name, why]],
  );
  return {
    scenario: name,
    unit: load.kind === 'streams' ? 'event' : 'request',
    rows: rows.toSorted((a, b) => able.indexOf(a.contender) - able.indexOf(b.contender)),
    wrong: Object.fromEntries(wrong) as Record<string, string>,
    roundsCounted: counted.length,
    roundsThrownAway: rounds.length - counted.length,
    isBusy,
  };
}

async function roundOf(
  stage: Stage,
  runners: readonly Runner[],
  scenario: Scenario,
  { seconds }: Effort,
): Promise<Round> {
  const before = workSoFar();
  const turns = new Map<string, Turn>();
  for (const runner of runners) {
    const turn = await awake(runner, () => turnOf(stage, runner, scenario, seconds));
    if (turn !== undefined) turns.set(runner.contender.name, turn);
  }
  const round = { turns, othersShare: othersShare(before, workSoFar()) };
  const share = `others used ${(round.othersShare * 100).toFixed(1)} % of a core`;
  console.log(`  a round of ${runners.length}, ${share}${isQuiet(round) ? '' : ': too busy'}`);
  return round;
}

/** Wakes a contender for its turn. Undefined, with the reason noted, if it fails. */
async function awake<T>(runner: Runner, work: () => Promise<T>): Promise<T | undefined> {
  const { program } = runner.contender;
  try {
    program.resume();
    return await work();
  } catch (error) {
    runner.failures += 1;
    runner.wrong = error instanceof Error ? error.message : String(error);
    return undefined;
  } finally {
    program.pause();
  }
}

/** Tries whether its answers are right, and how fast it is. */
async function warmUp({ load }: Stage, runner: Runner, scenario: Scenario): Promise<true> {
  const { contender } = runner;
  if (scenario.load.kind !== 'streams') {
    const wrong = await wrongAnswer(contender, scenario.kind);
    if (wrong !== undefined) throw new Error(wrong);
  }
  const job = jobOf(scenario, runner, WARM_UP_SECONDS);
  const first = await load.run(job);
  runner.requests = Math.ceil(first.requests / first.seconds);
  const result = job.kind === 'closed' ? await load.run(jobOf(scenario, runner, WARM_UP_SECONDS)) : first;
  runner.requests = Math.ceil(result.requests / result.seconds);
  // How many events came is not looked at yet: the first moments of many streams are their worst.
  refuse(result, scenario, 0);
  await sleep(SETTLE_MS);
  return true;
}

async function turnOf({ load }: Stage, runner: Runner, scenario: Scenario, seconds: number): Promise<Turn> {
  const { program } = runner.contender;
  const cpuAtFirst = program.cpuMs;
  // Its connections are opened, and what it has put off since its last turn is done.
  const warm =
    scenario.load.kind === 'streams' ? undefined : await load.run(jobOf(scenario, runner, WARM_UP_SECONDS));
  let cpuAtPlateau = cpuAtFirst;
  const result = await load.run(jobOf(scenario, runner, seconds), () => {
    cpuAtPlateau = program.cpuMs;
  });
  const memoryMb = program.memoryBytes / 2 ** 20;
  const cpuAtEnd = program.cpuMs;
  await sleep(SETTLE_MS);
  refuse(result, scenario, seconds);
  const isStreams = warm === undefined;
  return {
    cpuUs: isStreams
      ? ((cpuAtEnd - cpuAtPlateau) * 1_000) / result.events
      : ((program.cpuMs - cpuAtFirst) * 1_000) / (warm.requests + result.requests),
    perSecond: isStreams ? result.events / seconds : result.requests / result.seconds,
    p50Ms: result.latencyMs.p50,
    p99Ms: result.latencyMs.p99,
    memoryMb,
    loadAverage: loadavg()[0] ?? 0,
  };
}

function jobOf({ kind, load }: Scenario, { contender, requests }: Runner, seconds: number): Job {
  if (load.kind !== 'closed') return jobFor(contender, kind, { ...load, seconds });
  return jobFor(contender, kind, {
    ...load,
    requests: Math.max(load.connections, Math.ceil(requests * seconds)),
  });
}

/** Throws unless it has done what was asked: an error that is quickly given is no figure. */
function refuse(result: LoadResult, { kind, load }: Scenario, seconds: number): void {
  const wrong =
    load.kind === 'streams'
      ? wrongStreams(result, load.streams, load.eventsPerSecond * seconds)
      : wrongResult(result, kind);
  if (wrong !== undefined) throw new Error(wrong);
}
