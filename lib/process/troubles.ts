import type { Logger } from './logger';

/** What a full disk lacks, in words. */
export const DISK = 'room on the disk';

/** A trouble that no request has met for this long is over. */
const LASTS_MS = 5_000;

export type TroubleCheck = 'descriptors' | 'memory' | 'disk';
export type TroubleChecks = Readonly<Record<TroubleCheck, 'ok' | 'failing'>>;

const CHECK_OF: Readonly<Record<string, TroubleCheck>> = {
  'file descriptors': 'descriptors',
  memory: 'memory',
  [DISK]: 'disk',
};

interface Trouble {
  /** By the clock given; undefined as long as it is not told that it is over. */
  until: number | undefined;
}

/**
 * What the process itself is short of. Each trouble is logged once when it begins and once when it is over, however
 * many requests meet it; it is over when it is said to be, or when nobody has met it for five seconds.
 */
export class Troubles {
  readonly #troubles = new Map<string, Trouble>();

  constructor(
    /** Milliseconds of a clock that never jumps. */
    private readonly now: () => number,
    private readonly logger: Pick<Logger, 'warn' | 'info'>,
  ) {}

  /** A request has met it: "file descriptors", "local ports". */
  met(shortOf: string): void {
    const trouble = this.#begin(shortOf);
    if (trouble.until !== undefined) trouble.until = this.now() + LASTS_MS;
  }

  /** It lasts until `over`. */
  began(shortOf: string): void {
    this.#begin(shortOf).until = undefined;
  }

  over(shortOf: string): void {
    if (this.#troubles.delete(shortOf)) this.logger.info(`the gateway is no longer short of ${shortOf}`);
  }

  /** Call regularly: ends the troubles that no request has met lately. */
  sweep(): void {
    const now = this.now();
    for (const [shortOf, { until }] of this.#troubles) {
      if (until !== undefined && until <= now) this.over(shortOf);
    }
  }

  /** Those that concern all requests. Name servers and ports may fail for one provider alone. */
  get checks(): TroubleChecks {
    this.sweep();
    const checks: Record<TroubleCheck, 'ok' | 'failing'> = { descriptors: 'ok', memory: 'ok', disk: 'ok' };
    for (const shortOf of this.#troubles.keys()) {
      const check = CHECK_OF[shortOf];
      if (check !== undefined) checks[check] = 'failing';
    }
    return checks;
  }

  #begin(shortOf: string): Trouble {
    let trouble = this.#troubles.get(shortOf);
    if (trouble === undefined) {
      trouble = { until: this.now() + LASTS_MS };
      this.#troubles.set(shortOf, trouble);
      this.logger.warn(`the gateway itself is short of ${shortOf}; no provider, key or proxy is blamed`);
    }
    return trouble;
  }
}
