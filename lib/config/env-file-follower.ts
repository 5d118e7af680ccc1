import { readEnvFile, type EnvFileRead } from './env-file';
import { holdBack, type EnvValues } from './hold-back';

/** Calls once after `ms`, unless the function that it returns was called before. */
export type After = (ms: number, call: () => void) => () => void;

/** So long must a file stay as it is before it takes anything away: editors and full disks write halves. */
export const HOLD_MS = 5_000;

/** So long must a file that is written in place stay as it is before it says which keys go to which address. */
export const SETTLE_MS = 2_000;

interface FollowerParts {
  readonly path: string;
  /** What the program started with. */
  readonly first: EnvFileRead;
  /** The file was applied before, so its absence at the start may take something away. */
  readonly hasHistory: boolean;
  readonly apply: (values: EnvValues) => void;
  readonly onUnreadable: (message: string) => void;
  /** Told what waits, by name, and for how long; nothing by name if the file looks like a half one. */
  readonly onHeld: (names: readonly string[], waitMs: number) => void;
  readonly after: After;
}

/**
 * Applies what changes in the file. What it adds and changes acts at once; what it takes away only after the file has
 * stayed the same for 5 s. Of a text that looks like a half one (empty, a last line without an end, a quote left open)
 * nothing acts before that. A half that ends with a line looks whole: so keys and addresses act together, when the file
 * has stayed the same for 2 s. Only one that took the place of another by a rename, as most editors and tools do, is
 * known to be whole.
 */
export class EnvFileFollower {
  #applied: EnvValues;
  /** The text of the last file that was applied whole. */
  #appliedText: string;
  #isFirst: boolean;
  /** Of the file that was last seen; undefined when there was none. */
  #fileId: string | undefined;
  #seenText: string | undefined;
  /** What the file says now was written where the program reads it. */
  #isInPlace = true;
  #waitingText: string | undefined;
  #cancel: () => void = () => undefined;

  constructor(private readonly parts: FollowerParts) {
    const { first, hasHistory } = parts;
    this.#applied = first.status === 'ok' ? first.values : {};
    this.#appliedText = first.status === 'ok' ? first.text : '';
    this.#isFirst = first.status !== 'ok' && hasHistory;
    if (first.status === 'ok') this.#note(first);
  }

  /** Call it when the file may have changed. */
  look(): void {
    const read = readEnvFile(this.parts.path);
    if (read.status === 'missing') {
      this.#fileId = undefined;
      return;
    }
    if (read.status === 'ok') this.#note(read);
    if (read.status === 'ok' && read.text === this.#waitingText) return;
    this.close();
    if (read.status === 'unreadable') return this.parts.onUnreadable(read.message);
    if (read.text === this.#appliedText) return this.#applyWhole(read);
    if (!this.#isWhole(read)) return this.#wait(read.text, [], HOLD_MS);
    const { values, names, takesAway } = holdBack(this.#applied, read.values, this.#isInPlace);
    if (names.length === 0) return this.#applyWhole(read);
    this.#applied = values;
    this.parts.apply(values);
    this.#wait(read.text, names, takesAway ? HOLD_MS : SETTLE_MS);
  }

  /** Nothing that waits is applied any more. */
  close(): void {
    this.#cancel();
    this.#waitingText = undefined;
  }

  #isWhole({ isWhole, text }: Extract<EnvFileRead, { status: 'ok' }>): boolean {
    return isWhole && !this.#isFirst && !this.#appliedText.startsWith(text);
  }

  #note({ fileId, text }: Extract<EnvFileRead, { status: 'ok' }>): void {
    // A file that came by a rename stays one, however often it is looked at.
    if (fileId === this.#fileId && text === this.#seenText) return;
    this.#isInPlace = this.#fileId === undefined || fileId === this.#fileId;
    this.#fileId = fileId;
    this.#seenText = text;
  }

  #wait(text: string, names: readonly string[], waitMs: number): void {
    this.#waitingText = text;
    this.#cancel = this.parts.after(waitMs, () => this.#settle());
    this.parts.onHeld(names, waitMs);
  }

  #settle(): void {
    const read = readEnvFile(this.parts.path);
    const hasStayed = read.status === 'ok' && read.text === this.#waitingText;
    this.#waitingText = undefined;
    if (hasStayed) this.#applyWhole(read);
    else this.look();
  }

  #applyWhole({ values, text }: Extract<EnvFileRead, { status: 'ok' }>): void {
    this.#applied = values;
    this.#appliedText = text;
    this.#isFirst = false;
    this.parts.apply(values);
  }
}
