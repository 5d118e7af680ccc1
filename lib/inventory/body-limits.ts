import { totalmem } from 'node:os';
import type { Settings } from '../config/settings';
import type { GatewayConfig } from '../gateway/config';

const MB = 2 ** 20;
/** A body is held once or twice (TLS takes a copy), and the rest of the process needs room as well. */
const BODIES_SHARE = 1 / 8;

/** What is read whole of a body on disk always fits. */
const READ_MB = 64;

type BodyLimits = Pick<
  GatewayConfig,
  'bodyBytesMax' | 'bodyLimitName' | 'bodiesBytesMax' | 'bodiesOnDiskBytesMax'
>;
type BodySettings = Pick<Settings, 'MAX_BODY_MB' | 'MAX_BODIES_MB' | 'MAX_BODIES_ON_DISK_MB'>;

/**
 * How much memory and disk request bodies may take. Where a person has set less for all together than for one, that is
 * the limit for each as well. Where none are kept on disk, one of the largest allowed size always fits into memory by
 * default.
 */
export function bodyLimits(settings: BodySettings, memoryBytes = memoryOfProcess()): BodyLimits {
  const { MAX_BODY_MB, MAX_BODIES_MB, MAX_BODIES_ON_DISK_MB } = settings;
  const isOnDisk = MAX_BODIES_ON_DISK_MB > 0;
  const leastMb = isOnDisk ? Math.min(MAX_BODY_MB, READ_MB) : MAX_BODY_MB;
  const byDefault = Math.max(leastMb * MB, Math.floor(memoryBytes * BODIES_SHARE));
  const bodiesBytesMax = MAX_BODIES_MB === 0 ? byDefault : MAX_BODIES_MB * MB;
  const ofAll = isOnDisk
    ? ({ name: 'MAX_BODIES_ON_DISK_MB', bytes: MAX_BODIES_ON_DISK_MB * MB } as const)
    : ({ name: 'MAX_BODIES_MB', bytes: bodiesBytesMax } as const);
  const bodyBytesMax = MAX_BODY_MB * MB;
  const isOwn = bodyBytesMax <= ofAll.bytes;
  return {
    bodyBytesMax: isOwn ? bodyBytesMax : ofAll.bytes,
    bodyLimitName: isOwn ? 'MAX_BODY_MB' : ofAll.name,
    bodiesBytesMax,
    bodiesOnDiskBytesMax: MAX_BODIES_ON_DISK_MB * MB,
  };
}

/** What the process may use: the machine's memory, or less where it runs in a container with a limit. */
function memoryOfProcess(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}
