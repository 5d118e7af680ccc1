import type { Readable } from 'node:stream';
import type { Span } from '../../openai/request/span';
import type { StoredBody } from '../../upstream/target';
import { streamOf, type RequestBody, type SpooledBody } from './spooled-body';

/** The body with other bytes in the place of those of the span; all others are as they were. */
export function spliced(body: RequestBody, span: Span, bytes: Buffer): Buffer | StoredBody {
  return Buffer.isBuffer(body)
    ? Buffer.concat([body.subarray(0, span.start), bytes, body.subarray(span.end)])
    : new SplicedBody(body, span, bytes);
}

/** One in a file, of which a part is replaced while it is sent. */
class SplicedBody implements StoredBody {
  readonly length: number;

  constructor(
    private readonly body: SpooledBody,
    private readonly span: Span,
    private readonly bytes: Buffer,
  ) {
    this.length = body.length - (span.end - span.start) + bytes.length;
  }

  stream(onPiece?: () => void): Readable {
    return streamOf(this.#pieces(onPiece));
  }

  async *#pieces(onPiece?: () => void): AsyncGenerator<Buffer, void> {
    const { body, span } = this;
    yield* body.pieces(0, span.start, onPiece);
    yield this.bytes;
    yield* body.pieces(span.end, body.length, onPiece);
  }
}
