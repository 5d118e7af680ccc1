import type { Resolution, UsageDelta } from '../rows';

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };

/**
 * The same counts, kept apart for one key, token, or proxy and verdict. All copies are made in this one place, so that
 * the engine gives them one shape: adding them up, which each request does, then takes half the time.
 */
export function usageApart(
  usage: UsageDelta,
  resolution: Resolution,
  keyId: string,
  token: string,
): Mutable<UsageDelta> {
  return { ...usage, resolution, keyId, token };
}
