import { isItsOwn } from '../attribution/attribution';
import type { SeenFailure } from './outage';
import { judge, type Outcome } from '../attempts/verdict';

/** What came back for a question of our own, after something had failed. */
export interface Asked {
  readonly outcome: Outcome;
  /** Its trouble in words, without secrets. */
  readonly detail: string | undefined;
  /** It asked for what had failed: the same endpoint and model, streamed if that was. */
  readonly isLike: boolean;
  /** Its answer was read to the end, and came whole. */
  readonly isWhole: boolean;
}

/**
 * `back`: what had failed is answered. `there`: something else is, so only traffic can tell. `failing`: it fails still.
 * `nothing`: it tells nothing of the provider.
 */
export type Proof = 'back' | 'there' | 'failing' | 'nothing';

/**
 * What the answer proves of the failure. A provider may answer chats while its embeddings fail, or begin every stream
 * and finish none: so only what is of the same kind shows that it is over. Where nobody was reached, any answer does.
 */
export function proofOf({ outcome, isLike, isWhole }: Asked, seen: SeenFailure): Proof {
  const verdict = judge(outcome);
  if (outcome.kind === 'answer' && seen.kind === 'keys_alike' && outcome.status === seen.status)
    return 'failing';
  if (verdict.breaker === 'failure' && verdict.blame === 'upstream') return 'failing';
  if (!isItsOwn(outcome, verdict)) return 'nothing';
  if (seen.kind === 'unreachable') return 'back';
  if (!isLike) return 'there';
  if (seen.kind !== 'broke_off' || isWhole) return 'back';
  return verdict.name === 'success' ? 'failing' : 'there';
}
