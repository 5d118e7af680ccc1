import type { EgressState } from '../../balancer/egress/state';
import type { EgressChange } from '../../balancer/events';
import type { EgressStateChange } from '../rows';
import type { EgressStore } from '../egress/egress';
import type { StateTime } from './checkpoint-state';
import { WriteRounds } from './write-rounds';

const WRITE_MS = 1_000;
/** What others must not use any more, or may use again. */
const SWITCHED_MS = 250;

/**
 * Writes behind the traffic, within a second, what a restart must not forget of egress proxies, and nothing else: what
 * traffic counts is not kept. Repeats a failed write. What a person says is written by whoever takes it; what was seen
 * before somebody spoke is not written over it.
 */
export class EgressWriter {
  #pending = new Set<EgressState>();
  #inMs = WRITE_MS;
  readonly #rounds: WriteRounds;

  constructor(
    private readonly proxies: Pick<EgressStore, 'saveStates'>,
    private readonly time: Pick<StateTime, 'wallOf'>,
    onError: (error: unknown) => void,
  ) {
    this.#rounds = new WriteRounds({
      write: () => this.#write(),
      due: () => (this.#pending.size > 0 ? { inMs: this.#inMs, scope: undefined } : undefined),
      onError,
    });
  }

  note(egress: EgressState, change: EgressChange): void {
    if (change === 'used' || change === 'adopted') return;
    if (change === 'learnt') this.#pending.delete(egress);
    else this.#pending.add(egress);
    const { disabled, writtenDisabled } = egress;
    if ((disabled === undefined) !== (writtenDisabled === undefined)) this.#inMs = SWITCHED_MS;
    this.#rounds.noted();
  }

  /** What is noted is written, or has failed and been reported. */
  async flush(): Promise<void> {
    await this.#rounds.next(undefined).catch(() => undefined);
  }

  async close(): Promise<void> {
    this.#rounds.close();
    await this.flush();
  }

  async #write(): Promise<void> {
    const batch = this.#pending;
    if (batch.size === 0) return;
    this.#pending = new Set();
    this.#inMs = WRITE_MS;
    const states = [...batch].map((egress) => ({ egress, change: stateChange(egress, this.time) }));
    try {
      await this.proxies.saveStates(states.map(({ change }) => change));
      for (const { egress, change } of states) {
        if (change.disabled !== undefined) egress.writtenDisabled = change.disabled ?? undefined;
      }
    } catch (error) {
      for (const egress of batch) this.#pending.add(egress);
      throw error;
    }
  }
}

function stateChange(
  { config, disabled, writtenDisabled, failures, check, epoch }: EgressState,
  time: Pick<StateTime, 'wallOf'>,
): EgressStateChange {
  return {
    id: config.egressId,
    epoch,
    // A check says nothing of a proxy that a person has disabled. What stands in the database already may have been
    // changed by others meanwhile.
    ...(disabled?.by !== 'manual' && disabled !== writtenDisabled && { disabled: disabled ?? null }),
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
