import type { Outcome, Verdict } from './verdict';
import type { Pool } from '../pool/pool';

/** Where a request may go: the keys of a provider, and the name that its model has there. */
export interface Target {
  readonly pool: Pool;
  /** Undefined means the name that the request asks for. No two targets of a request have the same pool and model. */
  readonly model?: string | undefined;
}

export const FALLBACK_REASONS = ['unavailable', 'context_length', 'content_policy'] as const;

/**
 * What leads from one target of a request to the next: `unavailable`, that it cannot answer now or lacks the model;
 * `context_length`, that the request is too long for it; `content_policy`, that it refuses what the prompt says.
 */
export type FallbackReason = (typeof FALLBACK_REASONS)[number];

/** Why another target could answer what this one has refused for good; undefined if none could. */
export function reasonToGoOn(verdict: Verdict, outcome: Outcome): FallbackReason | undefined {
  if (verdict.name === 'model_denied') return 'unavailable';
  if (verdict.blame !== 'client' || outcome.kind !== 'answer') return undefined;
  return outcome.facts.about;
}
