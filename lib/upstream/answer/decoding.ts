import type { Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import type { HeaderRecord } from '../../balancer/ports';
import type { ByteSource } from './byte-source';

/** Makes a decoder; `first` is the beginning of what is to be decoded. */
type Decoder = (first: Buffer) => Transform;

const gunzip: Decoder = () => zlib.createGunzip();

const DECODERS: ReadonlyMap<string, Decoder> = new Map([
  ['gzip', gunzip],
  ['x-gzip', gunzip],
  // Servers mean zlib's format by it, as RFC 9110 says, or the bare one.
  ['deflate', (first) => (isZlib(first) ? zlib.createInflate() : zlib.createInflateRaw())],
  ['br', () => zlib.createBrotliDecompress()],
  ...zstd(),
]);

/** Encodings that hide what is in a body. Any other name is a mistake, often that of a character set. */
const HIDING: ReadonlySet<string> = new Set([
  ...DECODERS.keys(),
  'zstd',
  'compress',
  'x-compress',
  'dcb',
  'dcz',
]);

/** Not every Node.js that is supported has it. */
function zstd(): [string, Decoder][] {
  const { createZstdDecompress } = zlib as { createZstdDecompress?: () => Transform };
  return createZstdDecompress === undefined ? [] : [['zstd', () => createZstdDecompress()]];
}

/** The low half of the first byte of zlib's format is 8. */
function isZlib(bytes: Buffer): boolean {
  return ((bytes[0] ?? 0) & 0x0f) === 8;
}

type Encoding = string | readonly string[] | undefined;

/** Whether the bytes are the content itself, as far as anybody knows. */
export function isIdentity(encoding: Encoding): boolean {
  return (
    encoding === undefined ||
    !nameOf(encoding)
      .split(',')
      .some((name) => HIDING.has(name.trim()))
  );
}

/** Whether a body with this `content-encoding` can be decoded here. */
export function isDecodable(encoding: Encoding): boolean {
  return encoding !== undefined && DECODERS.has(nameOf(encoding));
}

function nameOf(encoding: string | readonly string[]): string {
  return String(encoding).trim().toLowerCase();
}

/**
 * The headers of an answer whose body is decoded here: what speaks of the encoded bytes goes (as RFC 9110 section 8
 * has it).
 */
export function decodedHeaders(headers: HeaderRecord): HeaderRecord {
  const { etag } = headers;
  const isStrong = typeof etag === 'string' && !etag.startsWith('W/');
  return {
    ...headers,
    'content-encoding': undefined,
    'content-length': undefined,
    'content-md5': undefined,
    'content-digest': undefined,
    'repr-digest': undefined,
    digest: undefined,
    'accept-ranges': undefined,
    ...(isStrong && { etag: `W/${etag}` }),
  };
}

/** No honest answer has more encodings around each other. */
const CODINGS_MAX = 2;

/**
 * The whole body decoded, for reading only, without holding anybody up. `too_large`: it would be more than `bytesMax`.
 * `undecodable`: it is not what `encoding` says, or could be read in two ways, or that is not known here.
 */
export async function decodedWhole(
  bytes: Buffer,
  encoding: string,
  bytesMax: number,
): Promise<Buffer | 'too_large' | 'undecodable'> {
  const codings = codingsOf(encoding);
  if (codings.length > CODINGS_MAX) return 'undecodable';
  let decoded = bytes;
  for (const coding of codings.reverse()) {
    const next = await decodedOnce(decoded, coding, bytesMax);
    if (!Buffer.isBuffer(next)) return next;
    decoded = next;
  }
  return decoded;
}

function codingsOf(encoding: string): string[] {
  return encoding
    .split(',')
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== '' && coding !== 'identity');
}

type Done = (error: NodeJS.ErrnoException | null, decoded: Buffer) => void;
type Decode = (bytes: Buffer, options: object, done: Done) => void;

/** What `info` makes of the result, which the types of Node do not know. `bytesWritten`: as many as were read. */
interface WithInfo {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

const ZSTD = (zlib as { zstdDecompress?: Decode }).zstdDecompress;

/** Servers read `deflate` in two ways: it must make sense in one of them only. */
const WHOLE: ReadonlyMap<string, readonly Decode[]> = new Map<string, readonly Decode[]>([
  ['gzip', [zlib.gunzip]],
  ['x-gzip', [zlib.gunzip]],
  ['deflate', [zlib.inflate, zlib.inflateRaw]],
  ['br', [zlib.brotliDecompress]],
  ['zstd', ZSTD === undefined ? [] : [ZSTD]],
]);

/** What can be decoded whole here: zstd only where this Node.js has it. */
export const KNOWN_ENCODINGS: readonly string[] = [...WHOLE.keys()].filter(
  (name) => WHOLE.get(name)?.length !== 0,
);

/** Whether all of the encodings around each other can be decoded here. */
export function isKnownEncoding(encoding: string): boolean {
  const codings = codingsOf(encoding);
  return codings.length <= CODINGS_MAX && codings.every((coding) => KNOWN_ENCODINGS.includes(coding));
}

async function decodedOnce(
  bytes: Buffer,
  coding: string,
  maxOutputLength: number,
): Promise<Buffer | 'too_large' | 'undecodable'> {
  const decoders = WHOLE.get(coding) ?? [];
  const results = await Promise.all(decoders.map((decode) => run(decode, bytes, maxOutputLength)));
  const readable = results.filter((result) => result !== 'undecodable');
  return readable.length === 1 ? (readable[0] ?? 'undecodable') : 'undecodable';
}

/** A large piece is one turn of the event loop. */
const CHUNK_BYTES = 256 * 1024;
const TOO_LARGE = 'ERR_BUFFER_TOO_LARGE';

function run(
  decode: Decode,
  bytes: Buffer,
  maxOutputLength: number,
): Promise<Buffer | 'too_large' | 'undecodable'> {
  const chunkSize = Math.min(CHUNK_BYTES, Math.max(1024, bytes.length * 4));
  return new Promise((resolve) => {
    decode(bytes, { maxOutputLength, chunkSize, info: true }, (error, decoded) => {
      if (error !== null) return resolve(error.code === TOO_LARGE ? 'too_large' : 'undecodable');
      // Who knows what others read in what is left.
      const { buffer, engine } = decoded as unknown as WithInfo;
      resolve(engine.bytesWritten < bytes.length ? 'undecodable' : buffer);
    });
  });
}

export interface DecodedSink {
  data(chunk: Buffer): void;
  end(): void;
  /** What came cannot be decoded; nothing follows. */
  fail(error: Error): void;
}

/**
 * Decodes a body as it comes. Holds the source up while nobody takes what has been decoded, so that a few bytes that
 * stand for many cannot fill the memory.
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
    const decoder = decoderOf(this.encoding)(first);
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
