import { constants } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { timeLimit } from '../timing/time-limit';

export interface RegularFile {
  readonly bytes: Buffer;
  /** When it was written; milliseconds since the epoch. */
  readonly writtenAt: number;
  /** Another one once the file is. */
  readonly version: string;
}

export interface ReadLimits {
  readonly bytesMax: number;
  readonly timeoutMs: number;
  /** Not read again: the answer is undefined while the file has this version. */
  readonly known: string;
}

const CHUNK_BYTES = 64 * 1024;
const TOO_SLOW = 'it cannot be read in time';
/** What the system still reads: each of them holds a thread, and there are four. */
const busy = new Set<string>();

/**
 * Reads a file that somebody has named, and never a pipe, device or folder: opening one may wait for ever, and reading
 * one may never end. Rejects with a reason for people.
 */
export async function readRegularFile(path: string, limits: ReadLimits): Promise<RegularFile | undefined> {
  if (busy.has(path)) throw new Error(TOO_SLOW);
  busy.add(path);
  const limit = timeLimit(limits.timeoutMs, new AbortController().signal);
  const isOver = new Promise<never>((_resolve, reject) => {
    limit.signal.addEventListener('abort', () => reject(new Error(TOO_SLOW)));
  });
  try {
    const reading = read(path, limits, limit.signal).finally(() => busy.delete(path));
    return await Promise.race([reading, isOver]);
  } catch (error) {
    throw new Error(reasonOf(error), { cause: error });
  } finally {
    limit.clear();
  }
}

async function read(path: string, limits: ReadLimits, signal: AbortSignal): Promise<RegularFile | undefined> {
  refuseOther(await stat(path));
  // Another one may stand there by now.
  const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const found = await handle.stat();
    refuseOther(found);
    const version = `${path} ${found.ino} ${found.size} ${found.mtimeMs}`;
    if (version === limits.known) return undefined;
    const bytes = await readUpTo(handle, limits.bytesMax, signal);
    return { bytes, writtenAt: Math.round(found.mtimeMs), version };
  } finally {
    await handle.close();
  }
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'there is no such file';
  return code === 'EACCES' || code === 'EPERM' ? 'it may not be read' : message;
}

function refuseOther(found: { isFile(): boolean; isDirectory(): boolean }): void {
  if (found.isDirectory()) throw new Error('it is a folder');
  if (!found.isFile()) throw new Error('it is no regular file');
}

/** The size that is told need not be true: it may grow, and some files tell none. */
async function readUpTo(handle: FileHandle, bytesMax: number, signal: AbortSignal): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  while (!signal.aborted) {
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(CHUNK_BYTES), 0, CHUNK_BYTES);
    if (bytesRead === 0) break;
    size += bytesRead;
    if (size > bytesMax) throw new Error(`it is larger than ${bytesMax} bytes`);
    chunks.push(buffer.subarray(0, bytesRead));
  }
  return Buffer.concat(chunks);
}
