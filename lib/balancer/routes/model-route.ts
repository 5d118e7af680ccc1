import type { FallbackReason } from '../attempts/target';

/** A name of a model, and who answers for it. */
export interface ModelRoute {
  /** `*` in it is any text, also none. */
  readonly name: string;
  readonly targets: readonly RouteTarget[];
  /** What leads from one target to the next. */
  readonly on: readonly FallbackReason[];
  /** Seconds from the dial to the first content of a stream, in the place of the provider's own; 0 is off. */
  readonly firstTokenTimeout?: number | undefined;
}

export interface RouteTarget {
  /** Slug. */
  readonly provider: string;
  /** As it is called there; undefined means the name that was asked. */
  readonly model?: string | undefined;
  /** Its share of the requests of its tier, in relation to the others. */
  readonly weight: number;
  /** Targets of a higher tier are asked when those of the lower ones cannot answer. */
  readonly tier: number;
}

/** Whom a provider falls back on: a slug, and what some models are called there. */
export type Fallback =
  string | { readonly provider: string; readonly models: Readonly<Record<string, string>> };

export function fallbackSlug(fallback: Fallback): string {
  return typeof fallback === 'string' ? fallback : fallback.provider;
}

/** What the model is called there; undefined if it keeps its name. */
export function fallbackModel(fallback: Fallback, model: string): string | undefined {
  if (typeof fallback === 'string' || !Object.hasOwn(fallback.models, model)) return undefined;
  return fallback.models[model];
}
