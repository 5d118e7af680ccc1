import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below those that systems hand out by themselves (Linux: from 32768, others: from 49152). */
const PORTS = { from: 20_000, to: 32_000 };

/**
 * A TCP port of 127.0.0.1 on which nothing listened a moment ago, and which no connection or server gets that asks for
 * any: a build may pass before it is used. Prefer port 0 where a program can report its port.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(PORTS.from, PORTS.to);
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer().listen(port, '127.0.0.1');
  try {
    await once(probe, 'listening');
  } catch {
    return false;
  }
  probe.close();
  await once(probe, 'close');
  return true;
}
