import type { EgressState } from '../../balancer/egress/state';
import type { EgressChange } from '../../balancer/events';
import type { EgressStateChange } from '../rows';
import type { EgressStore } from '../egress/egress';
import type { StateTime } from './checkpoint-state';
import { WriteRounds } from './write-rounds';

const WRITE_MS = 1_000;

/**
 * Writes behind the traffic, within a second, what a restart must not forget of egress proxies, and nothing else: what
 * traffic counts is not kept. Repeats a failed write. What a person says is written by whoever takes it; what was seen
 * before somebody spoke is not written over it.
 */
export class EgressWriter {
  #pending = new Set<EgressState>();
  readonly #rounds: WriteRounds;

  constructor(
    private readonly proxies: Pick<EgressStore, 'saveStates'>,
    private readonly time: Pick<StateTime, 'wallOf'>,
    onError: (error: unknown) => void,
  ) {
    this.#rounds = new WriteRounds({
      write: () => this.#write(),
      due: () => (this.#pending.size > 0 ? { inMs: WRITE_MS, scope: undefined } : undefined),
      onError,
    });
  }

  note(egress: EgressState, change: EgressChange): void {
    if (change === 'used') return;
    if (change === 'learnt') this.#pending.delete(egress);
    else this.#pending.add(egress);
    this.#rounds.noted();
  }

  /** What is noted is written, or has failed and been reported. */
  async close(): Promise<void> {
    this.#rounds.close();
    await this.#rounds.next(undefined).catch(() => undefined);
  }

  async #write(): Promise<void> {
    const batch = this.#pending;
    if (batch.size === 0) return;
    this.#pending = new Set();
    try {
      await this.proxies.saveStates([...batch].map((egress) => stateChange(egress, this.time)));
    } catch (error) {
      for (const egress of batch) this.#pending.add(egress);
      throw error;
    }
  }
}

function stateChange(
  { config, disabled, failures, check, epoch }: EgressState,
  time: Pick<StateTime, 'wallOf'>,
): EgressStateChange {
  return {
    id: config.egressId,
    epoch,
    // A check says nothing of a proxy that a person has disabled.
    ...(disabled?.by !== 'manual' && { disabled: disabled ?? null }),
    check: { failures, ...checkColumns(check, time) },
  };
}

function checkColumns(check: EgressState['check'], time: Pick<StateTime, 'wallOf'>) {
  return {
    checkedAt: check === undefined ? null : time.wallOf(check.at),
    checkLatencyMs: check?.latencyMs ?? null,
    checkStatus: check?.status ?? null,
    checkError: check?.error ?? null,
  };
}
