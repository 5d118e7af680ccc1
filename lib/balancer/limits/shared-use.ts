import type { Sharing } from './company';
import type { EffectiveLimits } from './effective-limits';
import { Hearers } from './hearers';
import { OthersAccount } from './others-use';
import type { HeardTaken, SavedPart, SharedAccount } from './saved-account';
import type { SetLimitsUse } from './set-limits-use';

/** What an account has taken here of limits that are set, and how much of that the other instances have heard of. */
export class SharedUse {
  /** Told of each change. */
  onChange: (() => void) | undefined;
  #requests = 0;
  #tokens = 0;
  readonly hearers = new Hearers();
  #version = 0;
  #others: readonly OthersAccount[] = [];
  #areCounted = false;
  /** When what was restored had been saved, by the names of those that had; undefined until the first. */
  #restoredAt: Map<string, number> | undefined;
  /** What others have saved, by their names, until they tell it themselves; undefined for nothing. */
  #saved: Map<string, OthersAccount> | undefined;

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

  /**
   * What other instances have to know of it: what has changed since the last call, unless it is `isWhole`. `heard`:
   * what has been heard of theirs by now.
   */
  told(now: number, isWhole: boolean, heard: HeardTaken[]): SharedAccount {
    return { at: now, taken: [this.#requests, this.#tokens], heard, ...this.set.shared(now, isWhole) };
  }

  /** What each of the other instances uses counts here too, from now on. */
  countOthers(others: readonly OthersAccount[]): void {
    this.#others = others;
    this.recount();
  }

  /**
   * What this process, which goes by the name of `self`, has saved is its own again; what others have counts as theirs
   * until they are heard of. Of several keys of the account the one knows most that was saved last.
   */
  restore(parts: ReadonlyMap<string, SavedPart>, self: string): void {
    for (const [name, part] of parts) {
      if (part.at <= (this.#restoredAt?.get(name) ?? 0)) continue;
      (this.#restoredAt ??= new Map()).set(name, part.at);
      if (name === self) {
        this.set.restore(part);
        continue;
      }
      const other = new OthersAccount();
      other.restore(part);
      (this.#saved ??= new Map()).set(name, other);
    }
    this.recount();
    this.changed();
  }

  /** What it has saved; it is heard of now. */
  takeSaved(name: string): OthersAccount | undefined {
    const saved = this.#saved?.get(name);
    this.#saved?.delete(name);
    return saved;
  }

  /** What others of whom nothing is heard have saved for another account counts here too. */
  absorb(other: SharedUse): void {
    for (const [name, saved] of other.#saved ?? []) {
      const own = this.#saved?.get(name) ?? new OthersAccount();
      own.absorb(saved);
      (this.#saved ??= new Map()).set(name, own);
    }
    this.recount();
  }

  /** What was told here before a restart, as others have heard it; their clock is so many seconds ahead. */
  recall(part: SavedPart, behind: number, now: number): void {
    this.set.atLeast(part, behind, now);
    this.recount();
    this.changed();
  }

  /** Meters have come, or others. */
  recount(): void {
    const all = [...(this.#saved?.values() ?? []), ...this.#others];
    if (all.length > 0 || this.#areCounted) this.set.countOthers(all);
    this.#areCounted = all.length > 0;
  }

  /** Something of it still counts. */
  isInUse(now: number): boolean {
    const { whole, models } = this.set.saved(now);
    return [whole, ...(models ?? []).map(([, meter]) => meter)].some(
      (meter) => meter !== undefined && Object.keys(meter).length > 0,
    );
  }

  /**
   * Undefined where there are no others. Every instance takes at most its part of what is left, as it knows it, until
   * all others have heard of that, and have told what they had taken by then.
   */
  sharing({ company }: EffectiveLimits, now: number): Sharing | undefined {
    if (company.instances <= 1) return undefined;
    const taken = { requests: this.#requests, tokens: this.#tokens };
    return { company, ...this.hearers.unheard(company.hearers, taken, now) };
  }
}
