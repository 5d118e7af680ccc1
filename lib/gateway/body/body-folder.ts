import { randomUUID } from 'node:crypto';
import { chmod, mkdir, open, readdir, unlink, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { DiskRoom } from './disk-room';

/** A file that nobody else can find. */
export interface BodyFile {
  /** Writes all of them at this place, or rejects. */
  write(pieces: readonly Buffer[], at: number): Promise<void>;
  /** Fills the buffer from this place on; returns how many bytes there were. */
  read(into: Buffer, at: number): Promise<number>;
  /** The file is gone behind this, once what is being read or written has ended. Safe to call twice; never rejects. */
  close(): Promise<void>;
}

/** Where bodies find room on disk. */
export interface BodyFiles {
  create(): Promise<BodyFile>;
  /** Told of what the system says of a body that could not be written. `isFull`: there is no room. */
  failed?(error: unknown, isFull: boolean): void;
}

const PREFIX = 'body-';
const NAME = /^body-[0-9a-f-]{36}$/;
const OWNER_ONLY_FOLDER = 0o700;
const OWNER_ONLY_FILE = 0o600;

/**
 * Files without a name: each is unlinked as soon as it is open, so that its room is free again with its last
 * descriptor, however the process ends. The folder is made when it is first needed, for its owner alone. A part of the
 * disk is left to the database.
 */
export class BodyFolder implements BodyFiles {
  readonly #room: DiskRoom;

  constructor(
    private readonly path: string,
    private readonly onFailure: (error: unknown, isFull: boolean) => void = () => undefined,
  ) {
    this.#room = new DiskRoom(path);
  }

  failed(error: unknown, isFull: boolean): void {
    this.onFailure(error, isFull);
  }

  /** Rejects with the system's error if there is no room, or no right to write. */
  async create(): Promise<BodyFile> {
    const path = join(this.path, PREFIX + randomUUID());
    const handle = await openNew(path).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      await mkdir(this.path, { recursive: true, mode: OWNER_ONLY_FOLDER });
      await chmod(this.path, OWNER_ONLY_FOLDER);
      return openNew(path);
    });
    const isUnlinked = await removed(path);
    return new OpenFile(handle, this.#room, isUnlinked ? undefined : path);
  }

  /**
   * Removes what a crash has left between the opening of a file and its unlinking. That of a process that runs loses
   * nothing by it: it would be unlinked at once anyhow. Never rejects.
   */
  async clean(): Promise<void> {
    const names = await readdir(this.path).catch(() => []);
    for (const name of names) if (NAME.test(name)) await removed(join(this.path, name));
  }
}

function openNew(path: string): Promise<FileHandle> {
  return open(path, 'wx+', OWNER_ONLY_FILE);
}

/** Whether there is nothing of this name now. */
async function removed(path: string): Promise<boolean> {
  try {
    await unlink(path);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}

/** `path`: its name, where the system does not let an open file go. */
class OpenFile implements BodyFile {
  #isClosed = false;

  constructor(
    private readonly handle: FileHandle,
    private readonly room: DiskRoom,
    private readonly path: string | undefined,
  ) {}

  async write(pieces: readonly Buffer[], at: number): Promise<void> {
    let left = [...pieces];
    let place = at;
    while (left.length > 0) {
      const { bytesWritten } = await this.handle.writev(left, place);
      place += bytesWritten;
      await this.room.written(bytesWritten);
      left = behind(left, bytesWritten);
    }
  }

  async read(into: Buffer, at: number): Promise<number> {
    let bytes = 0;
    while (bytes < into.length) {
      const { bytesRead } = await this.handle.read(into, bytes, into.length - bytes, at + bytes);
      if (bytesRead === 0) break;
      bytes += bytesRead;
    }
    return bytes;
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.handle.close().catch(() => undefined);
    if (this.path !== undefined) await removed(this.path);
  }
}

/** What has not been written: a disk that is nearly full takes a part of it. */
function behind(pieces: readonly Buffer[], bytes: number): Buffer[] {
  const left: Buffer[] = [];
  let skipped = 0;
  for (const piece of pieces) {
    const written = Math.min(piece.length, Math.max(0, bytes - skipped));
    skipped += piece.length;
    if (written < piece.length) left.push(piece.subarray(written));
  }
  return left;
}
