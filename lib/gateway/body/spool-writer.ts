import { MEDIUM_BODY_BYTES } from './body-budget';
import type { BodyDigest } from './body-digest';
import type { BodyFile } from './body-folder';
import { refused, type BodyResult, type BodyTrouble, type Intake, type Spool, type Taken } from './intake';
import { SpooledBody } from './spooled-body';

/** What waits to be written; more is not taken from the client meanwhile. */
const QUEUE_BYTES = 256 * 1024;
/** As much as logs keep of a body, and a little more. */
const BEGINNING_BYTES = 64 * 1024 + 4;
/** Memory for what is kept of a body is claimed in such steps, before it is taken. */
const DIGEST_STEP_BYTES = 2 ** 20;
/** Room on disk for a body whose size is not known is claimed in such steps. */
const ROOM_STEP_BYTES = 8 * 2 ** 20;
/** The disk, or what the user may have of it, is full. */
const FULL: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** Writes one body to its file as it comes, and holds its client up while the disk is slower. */
export class SpoolWriter {
  #file: BodyFile | undefined;
  #bytes = 0;
  #written = 0;
  #queue: Buffer[] = [];
  #queuedBytes = 0;
  #writing: Promise<void> | undefined;
  #trouble: BodyTrouble | undefined;
  #digest: BodyDigest | undefined;
  #beginning: Buffer = Buffer.alloc(0);

  constructor(
    private readonly intake: Intake,
    private readonly spool: Spool,
    /** What is kept of a body that begins like this. */
    private readonly digestOf: (beginning: Buffer) => BodyDigest | undefined,
  ) {}

  get bytes(): number {
    return this.#bytes;
  }

  /** Bytes of memory that what is kept of it takes. */
  get memoryBytes(): number {
    return this.#digest?.length ?? 0;
  }

  /** Claims the room and makes the file. Never rejects. */
  async open(bytesDeclared: number): Promise<true | BodyTrouble> {
    const { bytesMax, signal } = this.intake;
    const bytes = bytesDeclared > 0 ? bytesDeclared : Math.min(bytesMax, 2 * MEDIUM_BODY_BYTES);
    if (!(await this.spool.share.grow(bytes, signal))) return refused(signal, 'no_disk');
    try {
      const file = await this.spool.files.create();
      // The client may have left meanwhile.
      if (this.#trouble === undefined) this.#file = file;
      else await file.close();
    } catch (error) {
      this.#fail(error);
    }
    return this.#trouble ?? true;
  }

  add(chunk: Buffer): Taken {
    const { bytesMax, signal } = this.intake;
    this.#bytes += chunk.length;
    if (this.#bytes > bytesMax) return 'too_large';
    if (this.#trouble !== undefined) return this.#trouble;
    this.#keep(chunk);
    const room = this.spool.share;
    if (this.#bytes <= room.bytes && this.#hasDigestRoom) return this.#write(chunk);
    return this.#claimMore(signal).then((taken) => (taken === true ? this.#write(chunk) : taken));
  }

  /** Resolves when all is in the file. Never rejects. */
  async end(): Promise<BodyResult> {
    await this.#writing;
    const reason = this.#trouble;
    if (reason !== undefined || this.#file === undefined) {
      this.drop();
      return { ok: false, reason: reason ?? 'client_closed' };
    }
    const digest = this.#digest;
    this.spool.share.complete(this.#bytes);
    this.intake.share.complete(digest?.length ?? 0);
    const known = { beginning: this.#beginning, digest };
    return { ok: true, body: new SpooledBody(this.#file, this.#bytes, known) };
  }

  /** The file is gone behind this. */
  drop(): void {
    this.#trouble ??= 'client_closed';
    this.#queue = [];
    void this.#file?.close();
  }

  get #hasDigestRoom(): boolean {
    return this.#digest === undefined || this.#digest.length <= this.intake.share.bytes;
  }

  async #claimMore(signal: Intake['signal']): Promise<true | BodyTrouble> {
    const { share, bytesMax } = this.intake;
    if (this.#digest !== undefined && !this.#hasDigestRoom) {
      const isGranted = await share.grow(this.#digest.length + DIGEST_STEP_BYTES, signal);
      if (!isGranted) return refused(signal, 'no_memory');
    }
    const room = this.spool.share;
    if (this.#bytes <= room.bytes) return true;
    const isGranted = await room.grow(Math.min(bytesMax, this.#bytes + ROOM_STEP_BYTES), signal);
    return isGranted || refused(signal, 'no_disk');
  }

  #keep(chunk: Buffer): void {
    const { length } = this.#beginning;
    if (length === 0) this.#digest = this.digestOf(chunk);
    if (length < BEGINNING_BYTES) {
      this.#beginning = Buffer.concat([this.#beginning, chunk.subarray(0, BEGINNING_BYTES - length)]);
    }
    this.#digest?.add(chunk);
  }

  #write(chunk: Buffer): Taken {
    this.#queue.push(chunk);
    this.#queuedBytes += chunk.length;
    this.#writing ??= this.#writeQueue();
    if (this.#queuedBytes <= QUEUE_BYTES) return true;
    return this.#writing.then(() => this.#trouble ?? true);
  }

  async #writeQueue(): Promise<void> {
    try {
      while (this.#queue.length > 0 && this.#file !== undefined) {
        const pieces = this.#queue;
        const bytes = this.#queuedBytes;
        this.#queue = [];
        this.#queuedBytes = 0;
        await this.#file.write(pieces, this.#written);
        this.#written += bytes;
      }
    } catch (error) {
      this.#fail(error);
    }
    this.#writing = undefined;
  }

  #fail(error: unknown): void {
    const { code } = error as NodeJS.ErrnoException;
    const isFull = FULL.has(code);
    this.#trouble ??= isFull ? 'disk_full' : 'disk_failed';
    this.spool.files.failed?.(error, isFull);
    this.drop();
  }
}
