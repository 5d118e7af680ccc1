import { totalmem } from 'node:os';
import type { Settings } from '../config/settings';
import type { GatewayConfig } from '../gateway/config';

const MB = 2 ** 20;
/** A body is held once or twice (TLS takes a copy), and the rest of the process needs room as well. */
const BODIES_SHARE = 1 / 8;

type BodyLimits = Pick<GatewayConfig, 'bodyBytesMax' | 'bodyLimitName' | 'bodiesBytesMax'>;

/**
 * How much memory request bodies may take. By default one of the largest allowed size always fits; where a person has
 * set less for all together, that is the limit for each as well.
 */
export function bodyLimits(
  { MAX_BODY_MB, MAX_BODIES_MB }: Pick<Settings, 'MAX_BODY_MB' | 'MAX_BODIES_MB'>,
  memoryBytes = memoryOfProcess(),
): BodyLimits {
  const bodyBytesMax = MAX_BODY_MB * MB;
  if (MAX_BODIES_MB === 0) {
    const bodiesBytesMax = Math.max(bodyBytesMax, Math.floor(memoryBytes * BODIES_SHARE));
    return { bodyBytesMax, bodyLimitName: 'MAX_BODY_MB', bodiesBytesMax };
  }
  const bodiesBytesMax = MAX_BODIES_MB * MB;
  return bodiesBytesMax < bodyBytesMax
    ? { bodyBytesMax: bodiesBytesMax, bodyLimitName: 'MAX_BODIES_MB', bodiesBytesMax }
    : { bodyBytesMax, bodyLimitName: 'MAX_BODY_MB', bodiesBytesMax };
}

/** What the process may use: the machine's memory, or less where it runs in a container with a limit. */
function memoryOfProcess(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}
