import type { EgressState } from '../../balancer/egress/state';
import type { EgressChange } from '../../balancer/events';
import type { EgressStateChange } from '../rows';
import type { EgressStore } from '../egress/egress';
import type { StateTime } from './checkpoint-state';
import { WriteRounds } from './write-rounds';

const WRITE_MS = 1_000;

interface Noted {
  isChecked: boolean;
  isByPerson: boolean;
}

/**
 * Writes behind the traffic, within a second, what a restart must not forget of egress proxies, and nothing else: what
 * traffic counts is not kept. Repeats a failed write.
 */
export class EgressWriter {
  #pending = new Map<EgressState, Noted>();
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
    this.#add(egress, { isChecked: change === 'checked', isByPerson: change === 'switched' });
    this.#rounds.noted();
  }

  /** What is noted is written, or has failed and been reported. */
  async close(): Promise<void> {
    this.#rounds.close();
    await this.#rounds.next(undefined).catch(() => undefined);
  }

  #add(egress: EgressState, { isChecked, isByPerson }: Noted): void {
    const noted = this.#pending.get(egress);
    this.#pending.set(egress, {
      isChecked: isChecked || noted?.isChecked === true,
      isByPerson: isByPerson || noted?.isByPerson === true,
    });
  }

  async #write(): Promise<void> {
    const batch = this.#pending;
    if (batch.size === 0) return;
    this.#pending = new Map();
    try {
      await this.proxies.saveStates(
        [...batch].map(([egress, noted]) => stateChange(egress, noted, this.time)),
      );
    } catch (error) {
      for (const [egress, noted] of batch) this.#add(egress, noted);
      throw error;
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
    ...((isChecked || isByPerson) && { check: { failures, ...checkColumns(check, time) } }),
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
