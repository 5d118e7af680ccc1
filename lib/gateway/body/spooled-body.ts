import { Readable } from 'node:stream';
import type { StoredBody } from '../../upstream/target';
import type { BodyFile } from './body-folder';
import type { BodyDigest } from './body-digest';

/** The body of a request: in memory, or in a file where it is large. */
export type RequestBody = Buffer | SpooledBody;

/** So much of it is in memory at a time while it is sent. */
const PIECE_BYTES = 64 * 1024;

interface Known {
  /** Its first bytes, as many as logs keep. */
  readonly beginning: Buffer;
  /** What was kept of it to be read; undefined where it has to be read whole. */
  readonly digest: BodyDigest | undefined;
}

/** A body in a file, which can be sent as often as it is needed, also several times at once. */
export class SpooledBody implements StoredBody {
  readonly beginning: Buffer;
  readonly digest: BodyDigest | undefined;

  constructor(
    private readonly file: BodyFile,
    readonly length: number,
    { beginning, digest }: Known,
  ) {
    this.beginning = beginning;
    this.digest = digest;
  }

  /** From its first byte, no faster than it is taken. Ends with an error where the file is shorter or cannot be read. */
  stream(onPiece?: () => void): Readable {
    return streamOf(this.pieces(0, this.length, onPiece));
  }

  /** All of it in memory, which its caller has claimed. */
  async whole(): Promise<Buffer> {
    const bytes = Buffer.allocUnsafeSlow(this.length);
    if ((await this.file.read(bytes, 0)) < this.length) throw shortened();
    return bytes;
  }

  /** So many bytes from this place on, or as many as there are. */
  async part(start: number, bytesMax: number): Promise<Buffer> {
    const bytes = Buffer.allocUnsafeSlow(Math.max(0, Math.min(bytesMax, this.length - start)));
    if ((await this.file.read(bytes, start)) < bytes.length) throw shortened();
    return bytes;
  }

  /** Safe to call twice. Whoever is still sending it is cut off. */
  release(): void {
    void this.file.close();
  }

  /** What stands from `start` up to `end`. */
  async *pieces(start: number, end: number, onPiece?: () => void): AsyncGenerator<Buffer, void> {
    for (let at = start; at < end; at += PIECE_BYTES) {
      const piece = Buffer.allocUnsafeSlow(Math.min(PIECE_BYTES, end - at));
      if ((await this.file.read(piece, at)) < piece.length) throw shortened();
      onPiece?.();
      yield piece;
    }
  }
}

export function streamOf(pieces: AsyncGenerator<Buffer, void>): Readable {
  const stream = Readable.from(pieces, { objectMode: false, highWaterMark: PIECE_BYTES });
  // Whoever sent it may have left when it is cut off, and nobody else listens.
  return stream.on('error', () => undefined);
}

function shortened(): Error {
  return new Error('the file of a request body is shorter than what was written');
}
