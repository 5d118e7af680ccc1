import { readEnvFile, type EnvFileRead } from './env-file';
import { holdBack, type EnvValues } from './hold-back';

/** Calls once after `ms`, unless the function that it returns was called before. */
export type After = (ms: number, call: () => void) => () => void;

/** So long must a file stay as it is before it takes anything away: editors and full disks write halves. */
export const HOLD_MS = 5_000;

interface FollowerParts {
  readonly path: string;
  /** What the program started with. */
  readonly first: EnvFileRead;
  /** Something was applied from this file before, so that one that was missing at the start may take something away. */
  readonly hasHistory: boolean;
  readonly apply: (values: EnvValues) => void;
  readonly onUnreadable: (message: string) => void;
  /** Told what waits, by name; nothing by name if the file looks like a half one. */
  readonly onHeld: (names: readonly string[]) => void;
  readonly after: After;
}

/**
 * Applies what changes in the file. What it adds and changes acts at once; what it takes away only after the file has stayed
 * the same for 5 s. Of a text that looks like a half one (empty, a last line without an end, a quote left open) nothing acts
 * before that.
 */
export class EnvFileFollower {
  #applied: EnvValues;
  /** The text of the last file that was applied whole. */
  #appliedText: string;
  #isFirst: boolean;
  #waitingText: string | undefined;
  #cancel: () => void = () => undefined;

  constructor(private readonly parts: FollowerParts) {
    const { first, hasHistory } = parts;
    this.#applied = first.status === 'ok' ? first.values : {};
    this.#appliedText = first.status === 'ok' ? first.text : '';
    this.#isFirst = first.status !== 'ok' && hasHistory;
  }

  /** Call it when the file may have changed. */
  look(): void {
    const read = readEnvFile(this.parts.path);
    if (read.status === 'missing') return;
    if (read.status === 'ok' && read.text === this.#waitingText) return;
    this.close();
    if (read.status === 'unreadable') return this.parts.onUnreadable(read.message);
    if (read.text === this.#appliedText) return this.#applyWhole(read);
    if (!this.#isWhole(read)) return this.#wait(read.text, []);
    const { values, names } = holdBack(this.#applied, read.values);
    if (names.length === 0) return this.#applyWhole(read);
    this.#applied = values;
    this.parts.apply(values);
    this.#wait(read.text, names);
  }

  /** Nothing that waits is applied any more. */
  close(): void {
    this.#cancel();
    this.#waitingText = undefined;
  }

  #isWhole({ isWhole, text }: Extract<EnvFileRead, { status: 'ok' }>): boolean {
    return isWhole && !this.#isFirst && !this.#appliedText.startsWith(text);
  }

  #wait(text: string, names: readonly string[]): void {
    this.#waitingText = text;
    this.#cancel = this.parts.after(HOLD_MS, () => this.#settle());
    this.parts.onHeld(names);
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
