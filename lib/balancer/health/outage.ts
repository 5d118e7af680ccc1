import type { BreakerState } from './breaker';
import type { RequestKind } from '../pool/lease';
import type { Outcome } from '../attempts/verdict';
import { Witnesses } from './witnesses';

/**
 * What comes back of a provider that fails. `status`: an answer that says so. `silent`: no answer in time. `lost`: the
 * connection broke before an answer. `broke_off`: within one. `keys_alike`: it rejects key after key with the same
 * status.
 */
export type FailureKind = 'status' | 'unreachable' | 'silent' | 'lost' | 'empty' | 'broke_off' | 'keys_alike';

export interface SeenFailure {
  readonly kind: FailureKind;
  readonly status: number | undefined;
  /** In words, without secrets. */
  readonly detail: string | undefined;
  /** The model asked for; '' for none. */
  readonly model: string;
  /** What failed; undefined if it is not known. */
  readonly asks: RequestKind | undefined;
}

export interface OutageView {
  /** The first failure that no answer has come after; as all times here, of the live state. */
  readonly since: number;
  readonly seen: SeenFailure;
}

interface Run {
  readonly since: number;
  readonly witnesses: Witnesses;
  /** The last failure of each kind of request, the newest last. */
  readonly kinds: Map<string, SeenFailure>;
  seen: SeenFailure;
}

/** Less is a moment's trouble, over before anybody has read of it. */
const LASTING_MS = 1_000;
/** What only traffic can tell is soon no news without any. */
const NEWS_MS = 8_000;
/** One that comes back so soon is the same again, and is told between as well. */
const SAME_MS = 6_000;
/** Each is one question, and all must be answered before the outage is over. */
const KINDS_MAX = 4;

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
  #failedAt = -Infinity;
  /** When it last answered something of another kind than what fails. */
  #thereAt = -Infinity;
  /** The last one, which may come back, and when anything last failed in it. */
  #last: OutageView | undefined;
  #lastFailedAt = -Infinity;
  #isBack = false;
  /** Something of another kind has failed too. */
  #isAllFailing = false;

  constructor(private readonly breaker: () => BreakerState) {}

  /** When a request last told anything of the provider. */
  get triedAt(): number {
    return this.#triedAt;
  }

  /** The beginning of the failures that no answer has come after, be they few or many; undefined if there are none. */
  get since(): number | undefined {
    return (this.#refusals ?? this.#breaks)?.since;
  }

  /** When anything last failed. */
  get failedAt(): number {
    return this.#failedAt;
  }

  /** What fails, the newest first: one for each kind of request. All of them have to be answered again. */
  get failures(): readonly SeenFailure[] {
    return [this.#breaks, this.#refusals].flatMap((run) => [...(run?.kinds.values() ?? [])].reverse());
  }

  failed(seen: SeenFailure, witness: object, now: number): void {
    this.#refusals = longer(this.#refusals, seen, witness, this.#sinceOf(this.#refusals, now));
    this.#triedAt = now;
    this.#noteFailure(now);
  }

  brokeOff(seen: SeenFailure, witness: object, now: number): void {
    this.#breaks = longer(this.#breaks, seen, witness, this.#sinceOf(this.#breaks, now));
    this.#triedAt = now;
    this.#noteFailure(now);
  }

  /** A question of our own has failed. It is no traffic, so it does not put the next one off. */
  askedInVain(seen: SeenFailure, now: number): void {
    if (seen.kind === 'broke_off') this.#breaks = longer(this.#breaks, seen, {}, now);
    else this.#refusals = longer(this.#refusals, seen, {}, now);
    this.#noteFailure(now);
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
    this.#isAllFailing = false;
  }

  /** A request of another kind than what fails has failed too: it is all that fails. */
  otherFailed(): void {
    this.#isAllFailing = true;
  }

  /**
   * A request of another kind than what fails was answered. True if that shows that it is back: such requests failed
   * too. Else only traffic can tell, and nothing more is to be asked until some fails again.
   */
  otherAnswered(now: number): boolean {
    this.#thereAt = now;
    return this.#isAllFailing;
  }

  /** Whether a question can tell anything: it is out, and has answered none since it last failed. */
  isInQuestion(now: number): boolean {
    return this.#thereAt <= this.#failedAt && this.current(now) !== undefined;
  }

  /**
   * As `current`, but undefined too where it answers other questions, and what fails has not been tried for a while. Of
   * one that comes and goes it tells on for a few seconds after each failure.
   */
  news(now: number): OutageView | undefined {
    const isOld = this.#thereAt > this.#failedAt && now - this.#failedAt >= NEWS_MS;
    if (isOld) return undefined;
    const isSame = this.#isBack && now - this.#failedAt < SAME_MS;
    return this.current(now) ?? (isSame ? this.#last : undefined);
  }

  /** Undefined unless the provider is out. */
  current(now: number): OutageView | undefined {
    const view = this.#view(now);
    if (view !== undefined) this.#last = view;
    return view;
  }

  #view(now: number): OutageView | undefined {
    if (this.breaker() !== 'closed') return this.#refusals ?? this.#breaks;
    return [this.#refusals, this.#breaks].find(
      (run) => run?.witnesses.areEnough === true && now - run.since >= LASTING_MS,
    );
  }

  #noteFailure(now: number): void {
    this.#failedAt = now;
    if (this.#isBack || this.current(now) !== undefined) this.#lastFailedAt = now;
  }

  /** Since when a run of failures goes on, or one that begins now. */
  #sinceOf(run: Run | undefined, now: number): number {
    if (run !== undefined) return run.since;
    this.#isBack = this.#last !== undefined && now - this.#lastFailedAt < SAME_MS;
    return this.#isBack ? (this.#last?.since ?? now) : now;
  }
}

function longer(run: Run | undefined, seen: SeenFailure, witness: object, since: number): Run {
  const longer = run ?? {
    since,
    witnesses: new Witnesses(),
    kinds: new Map<string, SeenFailure>(),
    seen,
  };
  const { kinds, witnesses } = longer;
  longer.seen = seen;
  witnesses.add(witness);
  const kind = kindName(seen);
  kinds.delete(kind);
  kinds.set(kind, seen);
  const [oldest] = kinds.keys();
  if (kinds.size > KINDS_MAX && oldest !== undefined) kinds.delete(oldest);
  return longer;
}

function kindName({ asks, model }: SeenFailure): string {
  return `${asks?.method} ${asks?.path} ${asks?.isStream === true} ${model}`;
}

/** What an outcome that is held against the provider looks like to people. */
export function seenFailure(
  outcome: Outcome,
  { model, asks }: Pick<SeenFailure, 'model' | 'asks'>,
  detail: string | undefined,
): SeenFailure {
  const status = outcome.kind === 'answer' ? outcome.status : undefined;
  return { kind: kindOf(outcome), status, detail, model, asks };
}

/** The same for an answer that broke off. */
export function seenBreak({ model, asks }: Pick<SeenFailure, 'model' | 'asks'>): SeenFailure {
  return { kind: 'broke_off', status: undefined, detail: undefined, model, asks };
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
