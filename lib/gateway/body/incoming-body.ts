import { BodyCollector } from './body-collector';
import { digestOf } from './body-digest';
import { MEDIUM_BODY_BYTES, SMALL_BODY_BYTES } from './body-budget';
import { refused, type BodyResult, type BodyTrouble, type Intake, type Spool, type Taken } from './intake';
import { SpoolWriter } from './spool-writer';

/**
 * Takes in the body of one request, in memory while it is of a megabyte at most, else in a file. Claims what it takes
 * of memory and disk before it takes it.
 */
export class IncomingBody {
  readonly #collector: BodyCollector;
  #file: SpoolWriter | undefined;

  /** `bytesDeclared`: 0 if nothing is known. */
  constructor(
    private readonly intake: Intake,
    private readonly bytesDeclared: number,
  ) {
    const { bytesMax, spool } = intake;
    const inMemoryMax = spool === undefined ? bytesMax : Math.min(bytesMax, MEDIUM_BODY_BYTES);
    this.#collector = new BodyCollector(inMemoryMax, bytesDeclared);
  }

  get bytes(): number {
    return this.#file?.bytes ?? this.#collector.bytes;
  }

  get isOnDisk(): boolean {
    return this.#file !== undefined;
  }

  /** Claims what is declared. Call it before the body is read. */
  claim(): Taken {
    const { bytesMax, share, spool, signal } = this.intake;
    if (this.bytesDeclared > bytesMax) return 'too_large';
    if (this.bytesDeclared <= SMALL_BODY_BYTES) return true;
    if (spool !== undefined && this.bytesDeclared > MEDIUM_BODY_BYTES) return this.#toDisk(spool, []);
    return this.#granted(share.grow(this.bytesDeclared, signal));
  }

  /** From now on the body has to get on while others wait for what it holds. */
  watch(giveUp: () => void): void {
    const { share, spool } = this.intake;
    const reading = { bytes: () => this.bytes, giveUp };
    share.watch(reading);
    if (this.#file !== undefined) spool?.share.watch(reading);
  }

  /** It is watched, or has come whole. */
  get isWatched(): boolean {
    return this.intake.share.reading !== undefined || this.#collector.isWhole;
  }

  add(chunk: Buffer): Taken {
    if (this.#file !== undefined) return this.#file.add(chunk);
    const collector = this.#collector;
    const { bytesMax, share, spool, signal } = this.intake;
    const before = collector.bytes;
    if (!collector.add(chunk)) {
      if (spool === undefined || bytesMax <= MEDIUM_BODY_BYTES) return 'too_large';
      return this.#toDisk(spool, [collector.body.subarray(0, before), chunk]);
    }
    return collector.bytes <= share.bytes || this.#granted(share.grow(collector.claim, signal));
  }

  /** All has come. */
  end(): BodyResult | Promise<BodyResult> {
    const { share } = this.intake;
    if (this.#file !== undefined) return this.#file.end();
    share.complete(this.#collector.bytes);
    return { ok: true, body: this.#collector.body };
  }

  /** It is not wanted any more. */
  drop(): void {
    this.#file?.drop();
  }

  async #toDisk(spool: Spool, parts: readonly Buffer[]): Promise<true | BodyTrouble> {
    const { header } = this.intake;
    const isReadWhole = this.bytesDeclared > 0 && this.bytesDeclared <= spool.wholeBytesMax;
    const digest = digestOf(header('content-type'), header('content-encoding'), isReadWhole);
    const file = new SpoolWriter(this.intake, spool, digest);
    this.#file = file;
    const trouble = await file.open(this.bytesDeclared);
    if (trouble !== true) return trouble;
    for (const part of parts) {
      const taken = await file.add(part);
      if (taken !== true) return taken;
    }
    const { share } = this.intake;
    if (share.reading !== undefined) spool.share.watch(share.reading);
    share.shrink(digest?.length ?? 0);
    return true;
  }

  #granted(granted: true | Promise<boolean>): Taken {
    if (granted === true) return true;
    return granted.then((isGranted) => isGranted || refused(this.intake.signal, 'no_memory'));
  }
}
