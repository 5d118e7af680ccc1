import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Load } from '../load/load';
import type { Gateway } from '../rows';
import { trafficOf } from './ask';

const LOAD_SECONDS = 10;

interface Job {
  readonly name: string;
  readonly isRunning: boolean;
  readonly lastDurationMs: number | null;
  readonly lastResult: { readonly text: string } | null;
}

/** Deletes all that is older than half of the days, and says what requests felt of it. */
export async function prune(gateway: Gateway, load: Load, folder: string): Promise<string> {
  const before = await load.run(trafficOf(gateway.port, LOAD_SECONDS));
  await gateway.ask('PATCH', '/settings', { values: { AUTO_DELETE_REQUEST_LOGS_DAYS: '15' } });
  await gateway.ask('POST', '/jobs/prune-logs/run');
  const p99s: number[] = [];
  let walBytes = 0;
  const worst = { pingMs: 0 };
  for (;;) {
    const { latencyMs, statuses } = await load.run(trafficOf(gateway.port, LOAD_SECONDS));
    p99s.push(latencyMs.p99);
    walBytes = Math.max(walBytes, ...walsIn(folder));
    const startedAt = performance.now();
    const { items } = await gateway.ask<{ items: Job[] }>('GET', '/jobs');
    await gateway.ask('GET', '/logs/requests?pageSize=100');
    worst.pingMs = Math.max(worst.pingMs, performance.now() - startedAt);
    const job = items.find(({ name }) => name === 'prune-logs');
    console.log(
      `${p99s.length * LOAD_SECONDS} s: p99 ${latencyMs.p99.toFixed(1)} ms, ${JSON.stringify(statuses)}, WAL ${(walBytes / 2 ** 20).toFixed(0)} MB`,
    );
    if (job?.isRunning !== true) {
      return (
        `${job?.lastResult?.text ?? ''} in ${((job?.lastDurationMs ?? 0) / 1_000).toFixed(0)} s; p99 of requests ` +
        `${before.latencyMs.p99.toFixed(1)} ms before, then ${Math.max(...p99s).toFixed(1)} ms at worst; ` +
        `log page ${worst.pingMs.toFixed(0)} ms at worst; WAL ${(walBytes / 2 ** 20).toFixed(0)} MB at most`
      );
    }
    await sleep(10);
  }
}

function walsIn(folder: string): number[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('-wal'))
    .map((name) => statSync(join(folder, name)).size);
}
