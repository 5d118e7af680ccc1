import { errorTextIn, type EventKind } from './events';
import type { Frame } from '../../upstream/socket/socket-end';

/** Counts the responses that are asked for or being made in a conversation. */
export class ResponsesUnderWay {
  #asked = 0;
  #made = 0;
  readonly #waiting: (() => void)[] = [];

  get any(): boolean {
    return this.#asked + this.#made > 0;
  }

  /** The client has said this. */
  sent(kind: EventKind | undefined): void {
    if (kind === 'asked') this.#asked += 1;
  }

  /** The provider has said this. A response may be made that nobody has asked for: a speaker has come to an end. */
  received(frame: Frame, kind: EventKind | undefined): void {
    if (kind === 'created') {
      this.#asked = Math.max(0, this.#asked - 1);
      this.#made += 1;
    } else if (kind === 'ended' && this.#made > 0) this.#made -= 1;
    else if (kind === 'ended' || (this.#asked > 0 && errorTextIn(frame) !== undefined))
      this.#asked = Math.max(0, this.#asked - 1);
    if (!this.any) this.clear();
  }

  /** Nothing more will come. */
  clear(): void {
    this.#asked = 0;
    this.#made = 0;
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /** Resolves when there are none. */
  async none(): Promise<void> {
    if (this.any) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}
