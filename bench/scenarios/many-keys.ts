import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeGatewaySettings, type Contender } from '../contenders';
import { jobFor, measure, type Measurement } from '../measure';
import type { Stage } from '../stage';
import { SMALL } from './requests';

const MANY = 50_000;
const IMPORT_TIMEOUT_MS = 60_000;

export interface ManyKeys {
  /** From the start of the program to its readiness, with the keys in the database; and with 500 keys. */
  readonly startMs: number;
  readonly startMsWithFewKeys: number;
  readonly memoryMb: number;
  /** From the change of the settings file, with traffic going on, until the gateway serves with all of them. */
  readonly importMs: number;
  readonly whileImporting: Measurement;
  readonly small: Measurement;
  readonly smallWithFewKeys: Measurement;
}

/** Adds 50,000 keys to a gateway under load, then starts it again with them. */
export async function manyKeys(stage: Stage, scale: number): Promise<ManyKeys> {
  const folder = join(stage.folder, 'many-keys');
  const job = { kind: 'closed' as const, connections: 32, requests: Math.ceil(30_000 * scale) };
  let gateway = await stage.gateway({ folder });
  await gateway.program.stop();
  gateway = await stage.gateway({ folder });
  const startMsWithFewKeys = gateway.program.startMs;
  await stage.load.run(jobFor(gateway, SMALL, { ...job, requests: 5_000 }));
  const smallWithFewKeys = await measure(
    'small chat, 500 keys',
    stage.load,
    gateway,
    jobFor(gateway, SMALL, job),
  );

  const importing = importUnderLoad(stage, gateway, folder);
  const { importMs, whileImporting } = await importing;
  await gateway.program.stop();

  gateway = await stage.gateway({ folder, keys: MANY });
  await sleep(5_000);
  const memoryMb = gateway.program.memoryBytes / 2 ** 20;
  await stage.load.run(jobFor(gateway, SMALL, { ...job, requests: 5_000 }));
  const small = await measure('small chat, 50,000 keys', stage.load, gateway, jobFor(gateway, SMALL, job));
  await gateway.program.stop();
  return {
    startMs: gateway.program.startMs,
    startMsWithFewKeys,
    memoryMb,
    importMs,
    whileImporting,
    small,
    smallWithFewKeys,
  };
}

async function importUnderLoad(
  { load, origins }: Stage,
  gateway: Contender,
  folder: string,
): Promise<Pick<ManyKeys, 'importMs' | 'whileImporting'>> {
  const logFile = join(folder, 'gateway.log');
  const appliedBefore = timesApplied(logFile);
  const traffic = measure(
    'import of 50,000 keys at 200 requests/s',
    load,
    gateway,
    jobFor(gateway, SMALL, { kind: 'open', perSecond: 200, seconds: 20 }),
  );
  await sleep(2_000);
  const startedAt = performance.now();
  writeGatewaySettings(join(folder, 'settings.env'), origins, MANY);
  while (timesApplied(logFile) === appliedBefore) {
    if (performance.now() - startedAt > IMPORT_TIMEOUT_MS) throw new Error('the keys were not imported');
    await sleep(50);
  }
  const importMs = performance.now() - startedAt;
  return { importMs, whileImporting: await traffic };
}

function timesApplied(logFile: string): number {
  return readFileSync(logFile, 'utf8').split('"settings applied"').length - 1;
}
