import type { Job } from './jobs';

const DAY_MS = 24 * 3_600_000;

/** Fetches the list prices every day, if that is set. */
export function updatePrices(
  fetch: (
    signal: AbortSignal,
  ) => Promise<{ readonly ok: true } | { readonly ok: false; readonly why: string }>,
  isEnabled: () => boolean,
  stopping: AbortSignal,
): Job {
  return {
    name: 'update-prices',
    intervalMs: () => (isEnabled() ? DAY_MS : undefined),
    async run() {
      const update = await fetch(stopping);
      if (!update.ok) throw new Error(`The prices stay as they are: ${update.why}`);
      return 'the list prices are up to date';
    },
  };
}
