/** What the load generator is asked to do, and what it found. */
export interface Target {
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type Job = Target &
  (
    | { readonly kind: 'closed'; readonly connections: number; readonly requests: number }
    /** Evenly spaced requests, whether or not the ones before have been answered. */
    | { readonly kind: 'open'; readonly perSecond: number; readonly seconds: number }
    | { readonly kind: 'streams'; readonly streams: number; readonly seconds: number }
  );

export interface LoadResult {
  readonly requests: number;
  /** Of all bodies, as they came over the wire. */
  readonly bodyBytes: number;
  /** Of streams: how many events have arrived. */
  readonly events: number;
  /** By status; 'lost' for connections that broke before a whole answer, 'ended' for streams that came to an end. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly seconds: number;
  /** Of whole answers, or for streams of events: from the upstream's sending to their arrival. */
  readonly latencyMs: Percentiles;
}

export interface Percentiles {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

export function percentiles(samples: Float64Array): Percentiles {
  const sorted = samples.slice().sort();
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: sorted.at(-1) ?? 0 };
}
