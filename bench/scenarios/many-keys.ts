import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Admin } from '../admin';
import { keysOf, type Contender } from '../contenders';
import { jobFor, measure, type Measurement } from '../measure';
import type { Stage } from '../stage';
import { SMALL } from './requests';

const MANY = 50_000;
const PER_SECOND = 200;
/** By then what the start has left behind is given back. */
const SETTLED_MS = 15_000;
const SORTS = ['createdAt', 'requestCount', 'lastUsedAt', 'failures'] as const;

export interface ManyKeys {
  /** From the start of the program to its readiness, with the keys in the database; and with 500 keys. */
  readonly startMs: number;
  readonly startMsWithFewKeys: number;
  readonly memoryMb: number;
  /** Through the admin API, with traffic going on, until the last key is in force. */
  readonly importMs: number;
  readonly whileImporting: Measurement;
  /** The slowest of many pages, sorted in several ways, with traffic going on. */
  readonly listMsMax: number;
  readonly whileListing: Measurement;
  readonly small: Measurement;
  readonly smallWithFewKeys: Measurement;
}

/** Adds 50,000 keys to a gateway under load, pages through them, then starts it again with them. */
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
  const imported = await importUnderLoad(stage, gateway);
  const listed = await listUnderLoad(stage, gateway);
  await gateway.program.stop();

  gateway = await stage.gateway({ folder });
  await sleep(SETTLED_MS);
  const memoryMb = gateway.program.memoryBytes / 2 ** 20;
  await stage.load.run(jobFor(gateway, SMALL, { ...job, requests: 5_000 }));
  const small = await measure('small chat, 50,000 keys', stage.load, gateway, jobFor(gateway, SMALL, job));
  await gateway.program.stop();
  return {
    startMs: gateway.program.startMs,
    startMsWithFewKeys,
    memoryMb,
    ...imported,
    ...listed,
    small,
    smallWithFewKeys,
  };
}

async function importUnderLoad(
  { load }: Stage,
  gateway: Contender,
): Promise<Pick<ManyKeys, 'importMs' | 'whileImporting'>> {
  const job = jobFor(gateway, SMALL, { kind: 'open', perSecond: PER_SECOND, seconds: 15 });
  const traffic = measure('import of 50,000 keys', load, gateway, job);
  await sleep(1_000);
  const startedAt = performance.now();
  await new Admin(gateway).importKeys('default', keysOf('many', MANY));
  const importMs = performance.now() - startedAt;
  return { importMs, whileImporting: await traffic };
}

async function listUnderLoad(
  { load }: Stage,
  gateway: Contender,
): Promise<Pick<ManyKeys, 'listMsMax' | 'whileListing'>> {
  const job = jobFor(gateway, SMALL, { kind: 'open', perSecond: PER_SECOND, seconds: 10 });
  const traffic = measure('paging through 50,000 keys', load, gateway, job);
  const admin = new Admin(gateway);
  let listMsMax = 0;
  for (const sort of SORTS) {
    for (const page of [1, 2, 500, 1_000]) {
      const { total, ms } = await admin.listKeys(page, sort);
      if (total < MANY) throw new Error(`only ${total} keys are listed`);
      listMsMax = Math.max(listMsMax, ms);
      await sleep(100);
    }
  }
  return { listMsMax, whileListing: await traffic };
}
