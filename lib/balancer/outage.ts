import type { BreakerState } from './breaker';
import type { Outcome } from './verdict';
import { Witnesses } from './witnesses';

/**
 * What comes back of a provider that fails. `status`: an answer that says so. `silent`: no answer in time. `lost`: the connection
 * broke before an answer. `broke_off`: within one. `keys_alike`: it rejects key after key with the same status.
 */
export type FailureKind = 'status' | 'unreachable' | 'silent' | 'lost' | 'empty' | 'broke_off' | 'keys_alike';

export interface SeenFailure {
  readonly kind: FailureKind;
  readonly status: number | undefined;
  /** In words, without secrets. */
  readonly detail: string | undefined;
  /** The model asked for; '' for none. */
  readonly model: string;
}

export interface OutageView {
  /** The first failure that no answer has come after; as all times here, of the live state. */
  readonly since: number;
  readonly seen: SeenFailure;
}

interface Run {
  readonly since: number;
  readonly witnesses: Witnesses;
  seen: SeenFailure;
}

/** Less is a moment's trouble, over before anybody has read of it. */
const LASTING_MS = 1_000;

/**
 * Since when a provider fails without an answer between, and how. It is out while its breaker is not closed, or once
 * three different requests in a row have failed over more than a second.
 */
export class Outage {
  /** Before the first byte of an answer. */
  #refusals: Run | undefined;
  /** Within an answer. */
  #breaks: Run | undefined;
  #triedAt = -Infinity;

  constructor(private readonly breaker: () => BreakerState) {}

  /** When a request last told anything of the provider. */
  get triedAt(): number {
    return this.#triedAt;
  }

  /** The beginning of the failures that no answer has come after, be they few or many; undefined if there are none. */
  get since(): number | undefined {
    return (this.#refusals ?? this.#breaks)?.since;
  }

  failed(seen: SeenFailure, witness: object, now: number): void {
    this.#triedAt = now;
    this.#refusals = longer(this.#refusals, seen, witness, now);
  }

  brokeOff(seen: SeenFailure, witness: object, now: number): void {
    this.#triedAt = now;
    this.#breaks = longer(this.#breaks, seen, witness, now);
  }

  /** An answer has begun. While the breaker is not closed it is one of a request from before, and proves nothing. */
  answered(now: number): void {
    this.#triedAt = now;
    if (this.breaker() === 'closed') this.#refusals = undefined;
  }

  /** An answer has come whole. */
  finished(): void {
    if (this.breaker() === 'closed') this.#breaks = undefined;
  }

  /** It is known to be well. */
  end(): void {
    this.#refusals = undefined;
    this.#breaks = undefined;
  }

  /** Undefined unless the provider is out. */
  current(now: number): OutageView | undefined {
    if (this.breaker() !== 'closed') return this.#refusals ?? this.#breaks;
    return [this.#refusals, this.#breaks].find(
      (run) => run?.witnesses.areEnough === true && now - run.since >= LASTING_MS,
    );
  }
}

function longer(run: Run | undefined, seen: SeenFailure, witness: object, now: number): Run {
  const longer = run ?? { since: now, witnesses: new Witnesses(), seen };
  longer.seen = seen;
  longer.witnesses.add(witness);
  return longer;
}

/** What an outcome that is held against the provider looks like to people. */
export function seenFailure(outcome: Outcome, model: string, detail: string | undefined): SeenFailure {
  const status = outcome.kind === 'answer' ? outcome.status : undefined;
  return { kind: kindOf(outcome), status, detail, model };
}

function kindOf({ kind }: Outcome): FailureKind {
  switch (kind) {
    case 'answer':
      return 'status';
    case 'dial_failed':
      return 'unreachable';
    case 'timeout':
      return 'silent';
    case 'empty_stream':
      return 'empty';
    case 'cut':
    case 'stalled':
      return 'broke_off';
    default:
      return 'lost';
  }
}
