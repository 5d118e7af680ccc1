/** What the balancer needs from outside. Everything else in this folder is plain data and functions. */

export interface Clock {
  /**
   * Milliseconds that go on evenly, since the epoch or nearly: deadlines must not move when the machine's clock is set.
   */
  now(): number;
  /** Resolves after `ms`, or at once when the signal fires; never rejects. */
  sleep(ms: number, signal: StopSignal): Promise<void>;
}

/** As much of an AbortSignal as is needed here. Fires at most once. */
export interface StopSignal {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void, options: { readonly once: true }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

export interface Random {
  /** A number in [0, 1). */
  next(): number;
}

/** Header names in lower case; a repeated header is a list. */
export type HeaderRecord = Readonly<Record<string, string | readonly string[] | undefined>>;
