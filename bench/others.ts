import { readFileSync } from 'node:fs';
import { cpuMsOfTree } from './program';

const MS_PER_TICK = 10;

/** What the machine has worked since it was started, and what of it was ours; milliseconds of CPU. */
export interface Work {
  readonly atMs: number;
  readonly machineMs: number;
  readonly oursMs: number;
}

/** Ours is this process with all that it has started. */
export function workSoFar(): Work {
  return {
    atMs: performance.now(),
    machineMs: busyMs(readFileSync('/proc/stat', 'utf8')),
    oursMs: cpuMsOfTree(process.pid),
  };
}

/**
 * Of what `/proc/stat` says: time in programs and on their behalf, in interrupts, and what the host has given to other
 * guests. Interrupts too, because kernels mostly charge them to the process that they have interrupted; one that does
 * not makes others seem to use more than they do, so that a round is thrown away without need.
 */
export function busyMs(stat: string): number {
  const fields = (/^cpu +(.*)/.exec(stat)?.[1] ?? '').split(' ').map(Number);
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = fields;
  return (user + nice + system + irq + softirq + steal) * MS_PER_TICK;
}

/** What others have used meanwhile, as a share of one core. */
export function othersShare(before: Work, after: Work): number {
  const othersMs = after.machineMs - before.machineMs - (after.oursMs - before.oursMs);
  return Math.max(0, othersMs) / (after.atMs - before.atMs);
}
