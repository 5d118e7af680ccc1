import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';

const ID = /^[0-9a-f]{16}$/;

/**
 * Names this instance among those that share its database; 16 characters, no secret. It is kept in
 * `DATA_DIR/instance-id`; where nothing can be written it is made of the machine's name and the folder, and changes
 * with them.
 */
export function instanceId(dataDir: string): string {
  const path = join(dataDir, 'instance-id');
  const made = randomBytes(8).toString('hex');
  try {
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(path, `${made}\n`, { flag: 'wx' });
    return made;
  } catch {
    return knownId(path) ?? idOfPlace(dataDir);
  }
}

/** Names one of its processes, the same after a restart. `worker`: undefined for the first one. */
export function instanceName(dataDir: string, worker: number | undefined): string {
  const ofAll = instanceId(dataDir);
  return worker === undefined ? ofAll : `${ofAll}-${worker}`;
}

function knownId(path: string): string | undefined {
  try {
    const id = readFileSync(path, 'utf8').trim();
    return ID.test(id) ? id : undefined;
  } catch {
    return undefined;
  }
}

function idOfPlace(dataDir: string): string {
  const place = `${hostname()}:${resolve(dataDir)}`;
  return createHash('sha256').update(place).digest('hex').slice(0, 16);
}
