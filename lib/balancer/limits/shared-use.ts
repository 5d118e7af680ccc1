import type { Sharing } from './company';
import type { EffectiveLimits } from './effective-limits';
import type { OthersAccount } from './others-use';
import type { SharedAccount } from './saved-account';
import type { SetLimitsUse } from './set-limits-use';

/** So long it takes at most until all have heard what one has taken. */
const ROUND_MS = 100;

/** What an account has taken here of limits that are set, and how much of that the other instances have heard of. */
export class SharedUse {
  /** Told of each change. */
  onChange: (() => void) | undefined;
  #requests = 0;
  #tokens = 0;
  #heardRequests = 0;
  #heardTokens = 0;
  /** When the round began, and what had been taken by then. */
  #roundFrom = -Infinity;
  #requestsBefore = 0;
  #tokensBefore = 0;
  #version = 0;

  constructor(private readonly set: SetLimitsUse) {}

  took(tokens: number): void {
    this.#requests += 1;
    this.#tokens += tokens;
    this.changed();
  }

  /** What is counted has changed. */
  changed(): void {
    this.#version += 1;
    this.onChange?.();
  }

  /** Changes with what is counted. */
  get version(): number {
    return this.#version;
  }

  /** What other instances have to know of it: what has changed since the last call, unless it is `isWhole`. */
  told(now: number, isWhole: boolean): SharedAccount {
    return { at: now, taken: [this.#requests, this.#tokens], ...this.set.shared(now, isWhole) };
  }

  /** What each of the other instances uses counts here too, from now on. */
  countOthers(others: readonly OthersAccount[]): void {
    this.set.countOthers(others);
  }

  /** Others have heard of what was taken so far by then. */
  heard([requests, tokens]: readonly [requests: number, tokens: number]): void {
    this.#heardRequests = Math.max(this.#heardRequests, requests);
    this.#heardTokens = Math.max(this.#heardTokens, tokens);
  }

  /**
   * Undefined where there are no others. In each round every instance takes at most its part of what is left, as all
   * know it: the next begins when what was taken here has been heard, and what others took meanwhile has got here too.
   */
  sharing({ company }: EffectiveLimits, now: number): Sharing | undefined {
    if (company.instances <= 1) return undefined;
    const isHeard = this.#heardRequests >= this.#requests && this.#heardTokens >= this.#tokens;
    if (isHeard && now - this.#roundFrom >= ROUND_MS) {
      this.#roundFrom = now;
      this.#requestsBefore = this.#requests;
      this.#tokensBefore = this.#tokens;
    }
    const ofRound = {
      requests: this.#requests - this.#requestsBefore,
      tokens: this.#tokens - this.#tokensBefore,
    };
    return { company, ofRound };
  }
}
