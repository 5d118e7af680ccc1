import type { Disabled, KeyState } from './key-state';

const WINDOW_MS = 30_000;
const KEYS_MIN = 3;
/** From twice this many active keys on, this many alike failures without a success are proof enough. */
const KEYS_ENOUGH = 10;

/** What a penalty changes of a key. */
interface Standing {
  readonly failures: number;
  readonly until: number;
  readonly inARow: number;
  readonly disabled: Disabled | undefined;
}

interface Penalty {
  readonly signature: string;
  readonly at: number;
  readonly before: Standing;
}

/**
 * Notices when several different keys fail alike behind one provider or one egress proxy with no success between:
 * then it is not the keys. At least 3, and half of the active ones as long as those are few; with many keys 10, so that
 * a batch of dead keys in a healthy pool is not taken for an outage.
 *
 * The inference can be wrong (three dead keys side by side among six look the same), so the forgiven penalties are
 * kept as suspicions: a success of a key that is not under suspicion shows that it was the keys after all, and puts
 * the penalties back.
 */
export class SharedCause {
  readonly #penalties = new Map<KeyState, Penalty>();
  readonly #suspicions = new Map<KeyState, Standing>();

  /** Call before the key is penalised. */
  remember(key: KeyState, signature: string, now: number): void {
    const known = this.#penalties.get(key);
    const isRepeated = known?.signature === signature && now - known.at <= WINDOW_MS;
    this.#penalties.set(key, { signature, at: now, before: isRepeated ? known.before : standingOf(key) });
  }

  /** True if enough different keys failed with this signature. `inRotation` is the number of keys not disabled. */
  isShared(signature: string, inRotation: number, now: number): boolean {
    let alike = 0;
    let justDisabled = 0;
    for (const [key, penalty] of this.#penalties) {
      if (now - penalty.at > WINDOW_MS) {
        this.#penalties.delete(key);
      } else if (penalty.signature === signature) {
        alike += 1;
        if (key.disabled !== undefined && penalty.before.disabled === undefined) justDisabled += 1;
      }
    }
    const half = Math.ceil((inRotation + justDisabled) / 2);
    return alike >= Math.max(KEYS_MIN, Math.min(half, KEYS_ENOUGH));
  }

  /** Gives the alike keys their failures, cooldowns and place in the rotation back; returns them. */
  giveBack(signature: string): KeyState[] {
    const forgiven: KeyState[] = [];
    for (const [key, penalty] of this.#penalties) {
      if (penalty.signature !== signature) continue;
      this.#penalties.delete(key);
      this.#suspicions.set(key, standingOf(key));
      restore(key, penalty.before);
      forgiven.push(key);
    }
    return forgiven;
  }

  /** The key has suffered something that is surely its own; giving back the penalty from before would undo that too. */
  keepPenalty(key: KeyState): void {
    this.#penalties.delete(key);
  }

  isSuspect(key: KeyState): boolean {
    return this.#suspicions.has(key);
  }

  get hasSuspects(): boolean {
    return this.#suspicions.size > 0;
  }

  /**
   * A success ends all inference. If it came from a key beyond suspicion, the suspects are penalised again and
   * returned; if a suspect itself succeeded, they stay forgiven.
   */
  success(key: KeyState): KeyState[] {
    if (this.#penalties.size > 0) this.#penalties.clear();
    if (this.#suspicions.size === 0) return [];
    const guilty = this.#suspicions.has(key) ? [] : [...this.#suspicions];
    this.#suspicions.clear();
    for (const [suspect, standing] of guilty) penaliseAgain(suspect, standing);
    return guilty.map(([suspect]) => suspect);
  }

  /** The key is gone, or a person has decided about it. */
  forget(key: KeyState): void {
    this.#penalties.delete(key);
    this.#suspicions.delete(key);
  }
}

function standingOf({ failures, cooldown, disabled }: KeyState): Standing {
  return { failures, until: cooldown.until, inARow: cooldown.inARow, disabled };
}

function restore(key: KeyState, standing: Standing): void {
  key.failures = standing.failures;
  key.cooldown.until = standing.until;
  key.cooldown.inARow = standing.inARow;
  key.disabled = standing.disabled;
}

/** Puts a forgiven penalty back without losing what has happened to the key since. */
function penaliseAgain(key: KeyState, standing: Standing): void {
  key.failures = Math.max(key.failures, standing.failures);
  key.cooldown.until = Math.max(key.cooldown.until, standing.until);
  key.cooldown.inARow = Math.max(key.cooldown.inARow, standing.inARow);
  key.disabled ??= standing.disabled;
}
