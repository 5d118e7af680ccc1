import type { EgressState } from '../../balancer/egress/state';
import type { EgressChange } from '../../balancer/events';
import type { EgressStateChange } from '../rows';
import type { EgressStore } from '../egress/egress';
import type { StateTime } from './checkpoint-state';

const WRITE_MS = 1_000;

interface Noted {
  isChecked: boolean;
  isByPerson: boolean;
}

/**
 * Writes behind the traffic, within a second, what a restart must not forget of egress proxies, and nothing else: what traffic counts is
 * not kept. Repeats a failed write.
 */
export class EgressWriter {
  #pending = new Map<EgressState, Noted>();
  #timer: NodeJS.Timeout | undefined;
  /** One write at a time, so that an older one cannot overtake a newer. */
  #writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly proxies: Pick<EgressStore, 'saveStates'>,
    private readonly time: Pick<StateTime, 'wallOf'>,
    private readonly onError: (error: unknown) => void,
  ) {}

  note(egress: EgressState, change: EgressChange): void {
    if (change === 'used') return;
    this.#add(egress, { isChecked: change === 'checked', isByPerson: change === 'switched' });
  }

  #add(egress: EgressState, { isChecked, isByPerson }: Noted): void {
    const noted = this.#pending.get(egress);
    this.#pending.set(egress, {
      isChecked: isChecked || noted?.isChecked === true,
      isByPerson: isByPerson || noted?.isByPerson === true,
    });
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => void this.#write(), WRITE_MS);
    this.#timer.unref();
  }

  /** What is noted is written, or has failed and been reported. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#write();
    clearTimeout(this.#timer);
  }

  #write(): Promise<void> {
    this.#timer = undefined;
    this.#writing = this.#writing.then(() => this.#savePending());
    return this.#writing;
  }

  async #savePending(): Promise<void> {
    const batch = this.#pending;
    if (batch.size === 0) return;
    this.#pending = new Map();
    try {
      await this.proxies.saveStates(
        [...batch].map(([egress, noted]) => stateChange(egress, noted, this.time)),
      );
    } catch (error) {
      this.onError(error);
      for (const [egress, noted] of batch) this.#add(egress, noted);
    }
  }
}

function stateChange(
  { config, disabled, failures, check }: EgressState,
  { isChecked, isByPerson }: Noted,
  time: Pick<StateTime, 'wallOf'>,
): EgressStateChange {
  // A check says nothing of a proxy that a person has disabled.
  const isTold = isByPerson || disabled?.by !== 'manual';
  return {
    id: config.egressId,
    ...(isTold && { disabled: disabled ?? null, isByPerson }),
    ...((isChecked || isByPerson) && {
      check: {
        failures,
        checkedAt: check === undefined ? null : time.wallOf(check.at),
        checkLatencyMs: check?.latencyMs ?? null,
        checkStatus: check?.status ?? null,
        checkError: check?.error ?? null,
      },
    }),
  };
}
