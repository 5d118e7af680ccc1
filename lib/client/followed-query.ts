import type { Query } from '@tanstack/react-query';
import { ApiError, isGone } from './api-error';
import type { Asked } from './asked';
import type { Followed, Follows } from './live-follower';

/** Answers with one of these may be others a moment later. */
const PASSING = new Set([408, 425, 429]);

/** The server has answered, even if not with what was asked for. */
function isAnswer(error: Error | null): boolean {
  if (!(error instanceof ApiError)) return false;
  return error.status >= 400 && error.status < 500 && !PASSING.has(error.status);
}

/**
 * A query whose `meta` says what it follows, as the follower sees it at `now` in its own time. Undefined for one that
 * is gone: nothing that happens brings it back, so it is not asked for any more.
 */
export function followedOf(
  { queryHash, state, meta }: Pick<Query, 'queryHash' | 'state' | 'meta'>,
  now: number,
): Followed | undefined {
  const { follows, paceMs, keptMs } = meta as Follows;
  const isFailed = state.status === 'error' || state.errorUpdatedAt > state.dataUpdatedAt;
  if (isFailed && isGone(state.error)) return undefined;
  const isAnswered = isFailed && isAnswer(state.error);
  const askedAt = (state.data as Asked<object> | undefined)?.askedAt;
  return {
    name: queryHash,
    topics: follows,
    paceMs,
    keptMs,
    askedAt: isAnswered ? now - (Date.now() - state.errorUpdatedAt) : askedAt,
    isAsking: state.fetchStatus === 'fetching',
    isFailing: isFailed && !isAnswered,
  };
}
