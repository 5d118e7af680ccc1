import type { EgressState } from '../balancer/egress/state';
import type { EgressStore } from '../store';
import type { StateTime } from './checkpoint-state';

const WRITE_MS = 1_000;

/** Writes behind the traffic, within a second, what a restart must not forget of egress proxies. Repeats a failed write. */
export class EgressWriter {
  #pending = new Map<string, EgressState>();
  #timer: NodeJS.Timeout | undefined;
  /** One write at a time, so that an older one cannot overtake a newer. */
  #writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly proxies: Pick<EgressStore, 'saveStates'>,
    private readonly time: Pick<StateTime, 'wallOf'>,
    private readonly onError: (error: unknown) => void,
  ) {}

  note(egress: EgressState): void {
    this.#pending.set(egress.config.egressId, egress);
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
      await this.proxies.saveStates([...batch.values()].map((egress) => stateColumns(egress, this.time)));
    } catch (error) {
      this.onError(error);
      for (const egress of batch.values()) this.note(egress);
    }
  }
}

function stateColumns({ config, disabled, failures, check }: EgressState, time: Pick<StateTime, 'wallOf'>) {
  return {
    id: config.egressId,
    isDisabled: disabled !== undefined,
    disabledBy: disabled?.by ?? null,
    reason: disabled?.reason ?? null,
    failures,
    checkedAt: check === undefined ? null : time.wallOf(check.at),
    checkLatencyMs: check?.latencyMs ?? null,
    checkStatus: check?.status ?? null,
    checkError: check?.error ?? null,
  };
}
