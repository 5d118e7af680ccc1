import { setTimeout as sleep } from 'node:timers/promises';
import type { Stage } from '../stage';

const SETTLE_MS = 20_000;

/** Memory of a gateway with 500 keys that has been started a while ago and has done nothing since. */
export async function idleMemoryMb(stage: Stage): Promise<number> {
  const { program } = await stage.gateway();
  await sleep(SETTLE_MS);
  const memoryMb = program.memoryBytes / 2 ** 20;
  await program.stop();
  return memoryMb;
}
