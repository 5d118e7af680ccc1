import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Leases } from '../store/leases';

/** Of a process that has died in the middle the next one takes over after so long. */
const HELD_MS = 15_000;
const PROLONG_MS = 5_000;
const LOOK_MS = 100;

/**
 * Does `work` while no other process on the database does work of the same name, and waits for those that do.
 */
export async function inTurn<T>(leases: Leases, name: string, work: () => Promise<T>): Promise<T> {
  const holder = randomUUID();
  while (!(await leases.take(name, holder, HELD_MS))) await sleep(LOOK_MS);
  const prolonging = setInterval(
    () => void leases.take(name, holder, HELD_MS).catch(() => undefined),
    PROLONG_MS,
  );
  prolonging.unref();
  try {
    return await work();
  } finally {
    clearInterval(prolonging);
    // Otherwise its time ends by itself.
    await leases.release(name, holder).catch(() => undefined);
  }
}
