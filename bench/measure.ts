import { loadavg } from 'node:os';
import type { Contender, Lane } from './contenders';
import type { Job, Percentiles } from './load/job';
import type { Load } from './load/load';

const MEMORY_EVERY_MS = 100;

/** A kind of request. */
export interface Kind {
  readonly lane: Lane;
  readonly endpoint: string;
  readonly body: string;
}

/** One line of the results. */
export interface Measurement {
  readonly scenario: string;
  readonly contender: string;
  readonly requests: number;
  readonly requestsPerSecond: number;
  /** Of the contender's processes, from the system's own accounting. */
  readonly cpuUsPerRequest: number;
  readonly latencyMs: Percentiles;
  /** Most and least memory while it ran; the least is what is left when garbage has been collected. */
  readonly memoryMb: number;
  readonly memoryMbMin: number;
  readonly statuses: Readonly<Record<string, number>>;
  /** Of the machine, at the end: far above 2 on two cores, latencies and rates say little. */
  readonly loadAverage: number;
}

type How =
  | Pick<Extract<Job, { kind: 'closed' }>, 'kind' | 'connections' | 'requests'>
  | Pick<Extract<Job, { kind: 'open' }>, 'kind' | 'perSecond' | 'seconds'>
  | Pick<Extract<Job, { kind: 'streams' }>, 'kind' | 'streams' | 'seconds'>;

export function jobFor(contender: Contender, { lane, endpoint, body }: Kind, how: How): Job {
  const prefix = contender.modelPrefix?.(lane);
  const prefixed = prefix === undefined ? body : body.replace('"model":"', `"model":"${prefix}`);
  return { ...contender.target(lane, endpoint), body: prefixed, ...how };
}

export async function measure(
  scenario: string,
  load: Load,
  contender: Contender,
  job: Job,
): Promise<Measurement> {
  const { program } = contender;
  const memoryBytes: number[] = [];
  const watch = setInterval(() => memoryBytes.push(program.memoryBytes), MEMORY_EVERY_MS);
  const cpuBefore = program.cpuMs;
  const result = await load.run(job);
  const cpuMs = program.cpuMs - cpuBefore;
  clearInterval(watch);
  memoryBytes.push(program.memoryBytes);
  return {
    scenario,
    contender: contender.name,
    requests: result.requests,
    requestsPerSecond: result.requests / result.seconds,
    cpuUsPerRequest: (cpuMs * 1_000) / result.requests,
    latencyMs: result.latencyMs,
    memoryMb: Math.max(...memoryBytes) / 2 ** 20,
    memoryMbMin: Math.min(...memoryBytes) / 2 ** 20,
    statuses: result.statuses,
    loadAverage: loadavg()[0] ?? 0,
  };
}

/** Of several rounds the one with the median CPU time. */
export function medianOf(rounds: readonly Measurement[]): Measurement {
  const sorted = [...rounds].sort((a, b) => a.cpuUsPerRequest - b.cpuUsPerRequest);
  const median = sorted[sorted.length >> 1];
  if (median === undefined) throw new Error('nothing was measured');
  return median;
}

/** Each contender in turn, several times over, so that all of them see the same weather. */
export async function compare(
  scenario: string,
  load: Load,
  contenders: readonly Contender[],
  kind: Kind,
  options: {
    readonly rounds: number;
    readonly connections: number;
    readonly requests: (contender: Contender) => number;
  },
): Promise<Measurement[]> {
  const how = (requests: number) => ({ kind: 'closed' as const, connections: options.connections, requests });
  const rounds = new Map<Contender, Measurement[]>();
  for (let round = -1; round < options.rounds; round++) {
    for (const contender of contenders) {
      const requests = options.requests(contender);
      const isWarmUp = round === -1;
      const job = jobFor(contender, kind, how(isWarmUp ? Math.ceil(requests / 4) : requests));
      const measured = await measure(scenario, load, contender, job);
      if (!isWarmUp) rounds.set(contender, [...(rounds.get(contender) ?? []), measured]);
    }
  }
  return [...rounds.values()].map(medianOf);
}
