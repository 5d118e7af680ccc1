import { statfs } from 'node:fs/promises';

/** So much of a disk is left to others, which is all but nothing of a small one. */
const LEFT = { share: 0.1, bytesMax: 256 * 2 ** 20 };
/** Looked at again after so much has been written. */
const LOOK_AFTER_BYTES = 8 * 2 ** 20;

/** Sees to it that bodies do not fill the disk that the database is on. */
export class DiskRoom {
  #unlookedBytes = 0;

  /** `folder`: on that disk. */
  constructor(
    private readonly folder: string,
    private readonly stat: (folder: string) => Promise<Room> = statfs,
  ) {}

  /** Rejects like a disk that is full if too little is left after so much was written. */
  async written(bytes: number): Promise<void> {
    this.#unlookedBytes += bytes;
    if (this.#unlookedBytes < LOOK_AFTER_BYTES) return;
    this.#unlookedBytes = 0;
    const { bavail, blocks, bsize } = await this.stat(this.folder);
    const leftMin = Math.min(LEFT.bytesMax, LEFT.share * blocks * bsize);
    if (bavail * bsize >= leftMin) return;
    throw Object.assign(new Error('What is left of the disk is for the database'), { code: 'ENOSPC' });
  }
}

/** As `statfs` tells it: in blocks of so many bytes. */
interface Room {
  readonly bsize: number;
  readonly blocks: number;
  /** Free for us. */
  readonly bavail: number;
}
