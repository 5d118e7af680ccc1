import type { ChangeNotes } from '../../store/change-notes';

/** Whether the workers obey what was changed here. */
export class ChangesTaken {
  #left = 0;
  #taken = 0;

  /** `takeOver` resolves when all workers have said so, or are not waited for any longer. */
  constructor(
    notes: Pick<ChangeNotes, 'onOwnLeft'>,
    private readonly takeOver: () => Promise<void>,
  ) {
    notes.onOwnLeft(() => (this.#left += 1));
  }

  /** Waits until all that has been changed by now is in force at each worker; costs nothing if nothing was. */
  async wait(): Promise<void> {
    const left = this.#left;
    if (left === this.#taken) return;
    await this.takeOver();
    this.#taken = Math.max(this.#taken, left);
  }
}
