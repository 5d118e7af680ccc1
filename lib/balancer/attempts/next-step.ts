import type { Verdict } from './verdict';

/** So many dead keys may be met by one request without using up its retries. */
export const UNCOUNTED_KEYS_MAX = 20;

/** What a request has been through with one provider, as far as its next step depends on it. */
export interface RequestState {
  /** It may create something, so it is repeated only if the upstream certainly did nothing. */
  readonly isLasting: boolean;
  /** Attempts that count, the one being made included. */
  readonly attemptsLeft: number;
  /** Keys that do not count: rejected, out of money, without the model. */
  readonly uncountedLeft: number;
  /** One more key has been asked whether the refusal was the request's own. */
  readonly hasAskedOther: boolean;
}

/** What is known of the attempt beside its verdict. */
export interface AttemptFacts {
  /** It went through a proxy. */
  readonly hasEgress: boolean;
  /** It got no further than its proxy. */
  readonly isDetour: boolean;
}

/** Hand the answer out, stop without one, or go on: this provider has had its chance. */
type EndKind = 'commit' | 'pass_through' | 'stop' | 'next_provider';

export type Step =
  | { readonly kind: EndKind }
  | {
      readonly kind: 'again';
      readonly state: RequestState;
      /** The key has refused the request, and is not asked again. */
      readonly isRefused: boolean;
      /** If there is no key for it, the answer at hand is the request's. */
      readonly isLastWord: boolean;
      readonly hasBackoff: boolean;
    };

export function firstState(maxRetries: number, isLasting: boolean): RequestState {
  return {
    isLasting,
    attemptsLeft: 1 + maxRetries,
    uncountedLeft: UNCOUNTED_KEYS_MAX,
    hasAskedOther: false,
  };
}

/** What follows a verdict. Pure: the same verdict in the same state always has the same step. */
export function nextStep(verdict: Verdict, state: RequestState, attempt: AttemptFacts): Step {
  const end = endWithProvider(verdict, state, attempt);
  if (end !== undefined) return { kind: end };
  const isOtherKey = verdict.next === 'other_key';
  const left = spend(verdict, state, attempt);
  if (left === undefined) return { kind: withoutAnother(verdict) };
  return {
    kind: 'again',
    state: { ...left, hasAskedOther: state.hasAskedOther || isOtherKey },
    isRefused:
      isOtherKey || verdict.blame === 'client' || verdict.key === 'denied' || verdict.key === 'contrast',
    isLastWord: verdict.isLastWord,
    hasBackoff: verdict.hasBackoff,
  };
}

/** How the attempts with this provider end, if the verdict allows no other; undefined if it does. */
function endWithProvider(
  verdict: Verdict,
  { isLasting, hasAskedOther }: RequestState,
  { hasEgress }: AttemptFacts,
): EndKind | undefined {
  const { next, isRepeatSafe } = verdict;
  if (next === 'commit' || next === 'pass_through' || next === 'stop' || next === 'next_provider')
    return next;
  if (isLasting && !isRepeatSafe) return 'pass_through';
  if (next === 'other_key' && hasAskedOther) return withoutAnother(verdict);
  return next === 'other_egress' && !hasEgress ? 'pass_through' : undefined;
}

function withoutAnother({ isLastWord }: Verdict): EndKind {
  return isLastWord ? 'pass_through' : 'next_provider';
}

/** Undefined if there is nothing left for another attempt. */
function spend(
  { isCounted }: Verdict,
  state: RequestState,
  { isDetour }: AttemptFacts,
): RequestState | undefined {
  if (isDetour) return state;
  if (isCounted) {
    return state.attemptsLeft > 1 ? { ...state, attemptsLeft: state.attemptsLeft - 1 } : undefined;
  }
  return state.uncountedLeft > 1 ? { ...state, uncountedLeft: state.uncountedLeft - 1 } : undefined;
}
