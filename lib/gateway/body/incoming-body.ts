import { BodyCollector } from './body-collector';
import { digestOf } from './body-digest';
import { MEDIUM_BODY_BYTES, SMALL_BODY_BYTES } from './body-budget';
import { refused, type BodyResult, type BodyTrouble, type Intake, type Spool, type Taken } from './intake';
import { Pieces } from './pieces';
import { SpoolWriter } from './spool-writer';

/** A body of which nothing comes from one look to the next has stopped coming. */
const LOOK_MS = 60_000;

/**
 * Takes in the body of one request, in memory while it is of a megabyte at most, else in a file. Claims what it takes
 * of memory and disk before it takes it.
 */
export class IncomingBody {
  readonly #collector: BodyCollector;
  readonly #pieces = new Pieces();
  /** What came last is still being taken. */
  #taking: Promise<true | BodyTrouble> | undefined;
  #stopLooking: (() => void) | undefined;
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
    return (this.#file?.bytes ?? this.#collector.bytes) + this.#pieces.held;
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

  /** From now on the body has to go on coming: `giveUp` is called once nothing has come for a minute, or two. */
  begin(giveUp: () => void): void {
    const seen = this.bytes;
    this.#stopLooking = this.intake.timers?.after(LOOK_MS, () => {
      // A body that waits for room is not read meanwhile.
      if (this.bytes === seen && this.#taking === undefined) giveUp();
      else this.begin(giveUp);
    });
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

  /** Nothing more may be added before what it returns has settled; `end` may come. */
  add(chunk: Buffer): Taken {
    const [first, ...others] = this.#pieces.add(chunk);
    if (first === undefined) return true;
    let taken = this.#take(first);
    for (const piece of others) {
      if (taken === true) taken = this.#take(piece);
      else if (taken instanceof Promise)
        taken = taken.then((now) => (now === true ? this.#take(piece) : now));
    }
    if (taken instanceof Promise) this.#wait(taken);
    return taken;
  }

  #wait(taking: Promise<true | BodyTrouble>): void {
    this.#taking = taking;
    void taking.then(() => {
      if (this.#taking === taking) this.#taking = undefined;
    });
  }

  #take(chunk: Buffer): Taken {
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

  /** All has come, though the last of it may still be being taken: a request ends even while it is paused. */
  end(): BodyResult | Promise<BodyResult> {
    this.#stopLooking?.();
    const rest = this.#pieces.rest();
    return rest === undefined && this.#taking === undefined ? this.#whole() : this.#endBehind(rest);
  }

  async #endBehind(rest: Buffer | undefined): Promise<BodyResult> {
    let taken = (await this.#taking) ?? true;
    if (taken === true && rest !== undefined) taken = await this.#take(rest);
    if (taken === true) return this.#whole();
    this.drop();
    return { ok: false, reason: taken };
  }

  #whole(): BodyResult | Promise<BodyResult> {
    const { share } = this.intake;
    if (this.#file !== undefined) return this.#file.end();
    share.complete(this.#collector.bytes);
    return { ok: true, body: this.#collector.body };
  }

  /** It is not wanted any more. */
  drop(): void {
    this.#stopLooking?.();
    this.#file?.drop();
  }

  async #toDisk(spool: Spool, parts: readonly Buffer[]): Promise<true | BodyTrouble> {
    const { header } = this.intake;
    const isReadWhole = this.bytesDeclared > 0 && this.bytesDeclared <= spool.wholeBytesMax;
    const [type, encoding] = [header('content-type'), header('content-encoding')];
    const file = new SpoolWriter(this.intake, spool, (beginning) =>
      digestOf(type, encoding, beginning, isReadWhole),
    );
    this.#file = file;
    const trouble = await file.open(this.bytesDeclared);
    if (trouble !== true) return trouble;
    for (const part of parts) {
      const taken = await file.add(part);
      if (taken !== true) return taken;
    }
    const { share } = this.intake;
    if (share.reading !== undefined) spool.share.watch(share.reading);
    share.shrink(file.memoryBytes);
    return true;
  }

  #granted(granted: true | Promise<boolean>): Taken {
    if (granted === true) return true;
    return granted.then((isGranted) => isGranted || refused(this.intake.signal, 'no_memory'));
  }
}
