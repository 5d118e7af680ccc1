import type { Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import type { ByteSource } from './byte-source';

interface Decoder {
  /** `first` is the beginning of what is to be decoded. */
  make(first: Buffer): Transform;
  /** As much as can be decoded of a body that need not be whole. Throws. */
  decode(bytes: Buffer, maxOutputLength: number): Buffer;
}

const ZLIB_END = zlib.constants.Z_SYNC_FLUSH;
const BROTLI_END = zlib.constants.BROTLI_OPERATION_FLUSH;

const gzip: Decoder = {
  make: () => zlib.createGunzip(),
  decode: (bytes, maxOutputLength) => zlib.gunzipSync(bytes, { maxOutputLength, finishFlush: ZLIB_END }),
};

/** Servers mean zlib's format by it, as RFC 9110 says, or the bare one. */
const deflate: Decoder = {
  make: (first) => (isZlib(first) ? zlib.createInflate() : zlib.createInflateRaw()),
  decode: (bytes, maxOutputLength) =>
    (isZlib(bytes) ? zlib.inflateSync : zlib.inflateRawSync)(bytes, {
      maxOutputLength,
      finishFlush: ZLIB_END,
    }),
};

const br: Decoder = {
  make: () => zlib.createBrotliDecompress(),
  decode: (bytes, maxOutputLength) =>
    zlib.brotliDecompressSync(bytes, { maxOutputLength, finishFlush: BROTLI_END }),
};

const DECODERS: ReadonlyMap<string, Decoder> = new Map([
  ['gzip', gzip],
  ['x-gzip', gzip],
  ['deflate', deflate],
  ['br', br],
  ...zstd(),
]);

/** Not every Node.js that is supported has it. */
function zstd(): [string, Decoder][] {
  const { createZstdDecompress, zstdDecompressSync } = zlib as {
    createZstdDecompress?: () => Transform;
    zstdDecompressSync?: (bytes: Buffer, options: object) => Buffer;
  };
  if (createZstdDecompress === undefined || zstdDecompressSync === undefined) return [];
  const decode: Decoder['decode'] = (bytes, maxOutputLength) =>
    zstdDecompressSync(bytes, { maxOutputLength });
  return [['zstd', { make: () => createZstdDecompress(), decode }]];
}

/** The low half of the first byte of zlib's format is 8. */
function isZlib(bytes: Buffer): boolean {
  return ((bytes[0] ?? 0) & 0x0f) === 8;
}

type Encoding = string | readonly string[] | undefined;

/** Whether the bytes are the content itself. */
export function isIdentity(encoding: Encoding): boolean {
  return encoding === undefined || nameOf(encoding) === 'identity' || nameOf(encoding) === '';
}

/** Whether a body with this `content-encoding` can be decoded here. */
export function isDecodable(encoding: Encoding): boolean {
  return encoding !== undefined && DECODERS.has(nameOf(encoding));
}

function nameOf(encoding: string | readonly string[]): string {
  return String(encoding).trim().toLowerCase();
}

/** The decoded bytes, for reading only; undefined if they cannot be decoded or are more than `bytesMax`. */
export function decodedCopy(bytes: Buffer, encoding: Encoding, bytesMax: number): Buffer | undefined {
  try {
    return DECODERS.get(nameOf(encoding ?? ''))?.decode(bytes, bytesMax);
  } catch {
    return undefined;
  }
}

export interface DecodedSink {
  data(chunk: Buffer): void;
  end(): void;
  /** What came cannot be decoded; nothing follows. */
  fail(error: Error): void;
}

/**
 * Decodes a body as it comes. Holds the source up while nobody takes what has been decoded, so that a few bytes that stand
 * for many cannot fill the memory.
 */
export class DecodedBody implements ByteSource {
  #decoder: Transform | undefined;
  #isPaused = false;
  #isOver = false;

  constructor(
    private readonly encoding: Encoding,
    private readonly source: ByteSource,
    private readonly sink: DecodedSink,
  ) {}

  write(chunk: Buffer): void {
    if (this.#isOver || chunk.length === 0) return;
    this.#decoder ??= this.#start(chunk);
    if (!this.#decoder.write(chunk)) this.source.pause();
  }

  /** Nothing more will be written. An empty body is an empty one, encoded or not. */
  end(): void {
    if (this.#isOver) return;
    if (this.#decoder === undefined) this.#finish(() => this.sink.end());
    else this.#decoder.end();
  }

  pause(): void {
    this.#isPaused = true;
    this.#decoder?.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#decoder?.resume();
    if (this.#decoder === undefined || !this.#decoder.writableNeedDrain) this.source.resume();
  }

  abort(reason: Error): void {
    this.drop();
    this.source.abort(reason);
  }

  /** The source broke off: what has not been decoded yet is lost. */
  drop(): void {
    this.#isOver = true;
    this.#decoder?.destroy();
  }

  #start(first: Buffer): Transform {
    const decoder = decoderOf(this.encoding).make(first);
    decoder.on('data', (chunk: Buffer) => {
      if (!this.#isOver) this.sink.data(chunk);
    });
    decoder.on('drain', () => this.source.resume());
    decoder.on('end', () => this.#finish(() => this.sink.end()));
    decoder.on('error', (error) => {
      this.#finish(() => this.sink.fail(error));
      this.source.abort(error);
    });
    if (this.#isPaused) decoder.pause();
    return decoder;
  }

  #finish(tell: () => void): void {
    if (this.#isOver) return;
    this.#isOver = true;
    tell();
  }
}

function decoderOf(encoding: Encoding): Decoder {
  const decoder = DECODERS.get(nameOf(encoding ?? ''));
  if (decoder === undefined) throw new Error('unreachable: only what is decodable is decoded');
  return decoder;
}
