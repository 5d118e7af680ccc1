import { availableParallelism } from 'node:os';

/** How many processes `WORKERS` asks for. */
export function workerCount(setting: string): number {
  return setting === 'auto' ? availableParallelism() : Number(setting);
}
