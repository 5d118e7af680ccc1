// Several contenders in turn, several times over: which rounds count, and what is said of them.
import { OURS } from './contenders';

/** What one contender did in one round. */
export interface Turn {
  readonly cpuUs: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly memoryMb: number;
  readonly loadAverage: number;
}

/** What costs or rates, and is put beside ours. */
const COMPARED = ['cpuUs', 'perSecond', 'p50Ms', 'p99Ms'] as const;

export interface Round {
  /** By contender. */
  readonly turns: ReadonlyMap<string, Turn>;
  /** CPU that others used meanwhile, as a share of one core. */
  readonly othersShare: number;
}

/** The medians of a contender's turns. */
export interface Row extends Turn {
  readonly contender: string;
  /** Ours divided by theirs: the median of what it was in each round. None for our own row. */
  readonly ratios?: Readonly<Record<(typeof COMPARED)[number], number>>;
}

/** Above it, the machine was busy with other things. */
export const OTHERS_SHARE_MAX = 0.1;
/** With fewer quiet rounds than that, all count: a median of two says less. */
const QUIET_MIN = 3;

export function isQuiet({ othersShare }: Round): boolean {
  return othersShare <= OTHERS_SHARE_MAX;
}

/** The rounds that count; `isBusy` if these are all of them because too few were quiet. */
export function choose(rounds: readonly Round[]): {
  readonly counted: readonly Round[];
  readonly isBusy: boolean;
} {
  const quiet = rounds.filter(isQuiet);
  const isBusy = quiet.length < Math.min(QUIET_MIN, rounds.length);
  return { counted: isBusy ? rounds : quiet, isBusy };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? Number.NaN) + upper) / 2;
}

/** A row for each contender that has a turn in these rounds. */
export function rowsOf(rounds: readonly Round[]): Row[] {
  const names = new Set(rounds.flatMap(({ turns }) => [...turns.keys()]));
  return [...names].map((contender) => rowOf(contender, rounds));
}

function rowOf(contender: string, rounds: readonly Round[]): Row {
  const turns = rounds.flatMap((round) => round.turns.get(contender) ?? []);
  const of = (key: keyof Turn) => median(turns.map((turn) => turn[key]));
  const row = {
    contender,
    cpuUs: of('cpuUs'),
    perSecond: of('perSecond'),
    p50Ms: of('p50Ms'),
    p99Ms: of('p99Ms'),
    memoryMb: of('memoryMb'),
    loadAverage: of('loadAverage'),
  };
  if (contender === OURS) return row;
  const ratio = (key: (typeof COMPARED)[number]) =>
    median(
      rounds.flatMap(({ turns: inRound }) => {
        const [ours, theirs] = [inRound.get(OURS)?.[key], inRound.get(contender)?.[key]];
        return ours === undefined || theirs === undefined ? [] : ours / theirs;
      }),
    );
  return {
    ...row,
    ratios: {
      cpuUs: ratio('cpuUs'),
      perSecond: ratio('perSecond'),
      p50Ms: ratio('p50Ms'),
      p99Ms: ratio('p99Ms'),
    },
  };
}
