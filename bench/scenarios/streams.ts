import { loadavg } from 'node:os';
import type { Contender, Lane } from '../contenders';
import type { Percentiles } from '../load/job';
import type { Stage } from '../stage';
import { STREAMED_CHAT } from '../traffic';

const STREAMS = 1_000;

export interface StreamMeasurement {
  readonly scenario: string;
  readonly contender: string;
  readonly streams: number;
  readonly events: number;
  /** From the upstream's sending of an event to its arrival at the client. */
  readonly lateMs: Percentiles;
  readonly cpuUsPerEvent: number;
  /** Growth of the process while the streams are open, for each of them. */
  readonly memoryKbPerStream: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly loadAverage: number;
}

/** Many streams at once, 20 events a second each. */
export async function streams(
  scenario: string,
  lane: Lane,
  stage: Stage,
  contender: Contender,
  seconds: number,
): Promise<StreamMeasurement> {
  const { program } = contender;
  const memoryBefore = program.memoryBytes;
  let memoryMax = memoryBefore;
  let cpuAtPlateau = program.cpuMs;
  const watch = setInterval(() => {
    memoryMax = Math.max(memoryMax, program.memoryBytes);
  }, 250);
  const job = { ...contender.target(lane, '/chat/completions'), body: STREAMED_CHAT };
  const result = await stage.load.run({ ...job, kind: 'streams', streams: STREAMS, seconds }, () => {
    cpuAtPlateau = program.cpuMs;
  });
  clearInterval(watch);
  return {
    scenario,
    contender: contender.name,
    streams: STREAMS,
    events: result.events,
    lateMs: result.latencyMs,
    cpuUsPerEvent: ((program.cpuMs - cpuAtPlateau) * 1_000) / result.events,
    memoryKbPerStream: (memoryMax - memoryBefore) / 1_024 / STREAMS,
    statuses: result.statuses,
    loadAverage: loadavg()[0] ?? 0,
  };
}
